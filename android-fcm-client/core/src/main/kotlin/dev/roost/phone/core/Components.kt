package dev.roost.phone.core

import dev.roost.phone.core.call.Answers
import dev.roost.phone.core.call.Callback
import dev.roost.phone.core.call.Claims
import dev.roost.phone.core.call.PushRegistration
import dev.roost.phone.core.call.Schedule
import dev.roost.phone.core.mms.Attachments
import dev.roost.phone.core.mms.MediaHttp
import dev.roost.phone.core.mms.MmsWatch
import dev.roost.phone.core.mms.ReceivedMms
import dev.roost.phone.core.radio.HandOff
import dev.roost.phone.core.radio.Handset
import dev.roost.phone.core.radio.Inbound
import dev.roost.phone.core.radio.Ledger
import dev.roost.phone.core.radio.Outcomes
import dev.roost.phone.core.radio.Pacing
import dev.roost.phone.core.radio.Radio
import dev.roost.phone.core.radio.SimWatch
import dev.roost.phone.core.server.Backoff
import dev.roost.phone.core.server.Exchange
import dev.roost.phone.core.server.Http
import dev.roost.phone.core.server.Seal
import dev.roost.phone.core.server.Server
import dev.roost.phone.core.server.StandingRecord
import dev.roost.phone.core.server.Tokens
import dev.roost.phone.core.store.Batches
import dev.roost.phone.core.store.Jobs
import dev.roost.phone.core.store.Outbox
import dev.roost.phone.core.store.OutboxTravel
import dev.roost.phone.core.store.Sql
import dev.roost.phone.core.store.Store
import dev.roost.phone.core.time.CorrectedTime
import java.util.UUID
import kotlin.random.Random

/** What the core needs of the world. A test or a phone gives its own. */
class Ports(
    val sql: Sql,
    val handset: Handset,
    val radio: Radio,
    val http: Http,
    val media: MediaHttp,
    val seal: Seal,
    val tell: Tell,
    val kill: KillSwitch = KillSwitch.NEVER,
    val newId: (String) -> String = ::randomId,
    val dice: () -> Double = Random.Default::nextDouble,
)

/** `st_3f0c...`: unique per database, so that ids counted within it are unique everywhere. */
fun randomId(prefix: String): String = "${prefix}_${UUID.randomUUID().toString().replace("-", "").take(16)}"

/** Puts the parts of the phone together; the only place that knows how they depend on each other. */
internal class Components(ports: Ports, gate: Gate) {
    val handset = ports.handset
    val seal = ports.seal
    private val clock = handset.clock

    val store = Store(ports.sql, ports.newId)
    val standing = StandingRecord(store)
    val corrected = CorrectedTime(store, clock)
    val tokens = Tokens(store, ports.seal)
    val jobs = Jobs(store)
    val outbox = Outbox(store, clock)
    private val travel = OutboxTravel(store, clock)
    val batches = Batches(store, outbox, travel)
    private val pacing = Pacing(store, clock, corrected)
    val ledger = Ledger(store, jobs, outbox, clock, ports.tell)
    val simWatch = SimWatch(store, jobs, outbox, ledger, handset)
    val outcomes = Outcomes(store, jobs, outbox, ledger, pacing, clock, ports.radio, ports.kill)
    private val attachments = Attachments(ports.media, gate)
    val handOff =
        HandOff(store, jobs, ledger, pacing, corrected, attachments, handset, ports.radio, ports.kill, ports.tell)

    val backoff = Backoff(store, clock, ports.dice)
    val exchange = Exchange(ports.http, gate, clock::elapsedMs, corrected::nowMs)
    val server = Server(store, tokens, standing, backoff, exchange, ports.tell)
    val receivedMms =
        ReceivedMms(
            store, outbox, server, ports.media, gate, handset, ports.radio, Backoff(store, clock, ports.dice), ports.tell,
        )
    val inbound = Inbound(store, outbox, clock, handset, ports.radio, receivedMms, ports.kill, ports.tell)
    val mmsWatch = MmsWatch(clock, inbound::readMmsInbox)
    val push = PushRegistration(store, clock, server, Backoff(store, clock, ports.dice), ports.tell)
    private val claims = Claims(jobs, outbox, pacing, simWatch, handset)
    val schedule = Schedule(jobs, outbox, travel, batches, claims, clock, corrected)
    private val answers =
        Answers(store, jobs, outbox, travel, ledger, corrected, tokens, simWatch, ports.kill, ports.tell)
    val callback = Callback(batches, claims, schedule, server, answers, backoff, ports.tell)
}
