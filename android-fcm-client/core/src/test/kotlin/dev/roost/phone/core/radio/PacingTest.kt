package dev.roost.phone.core.radio

import dev.roost.phone.core.fakes.FakeWorld
import org.junit.jupiter.api.Test
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class PacingTest {
    /** (second, segments) of every radio call of a phone with plenty to do; [restartEvery] calls a new process. */
    private fun sendings(seed: Int, restartEvery: Int): List<Pair<Long, Int>> {
        val world = FakeWorld()
        val random = Random(seed)
        val calls = ArrayList<Pair<Long, Int>>()
        world.radio.onSend = { calls.add(world.handset.clock.nowMs to it.parts) }
        repeat(25) { number ->
            val text = "x".repeat(153 * random.nextInt(1, 9))
            world.server.jobs.add(world.job("j$number", mapOf("text" to text), notAfter = 86_400))
            world.phone.wantClaim()
            world.run(random.nextInt(0, 15))
            if (number % restartEvery == 0) world.restart()
        }
        world.run(1_200)
        assertEquals(25, calls.size)
        return calls
    }

    @Test
    fun `never more than 20 segments in any minute, nor two calls within 3 seconds, over restarts too`() {
        for (seed in 1..2) {
            val calls = sendings(seed, restartEvery = seed * 3)
            for ((at, _) in calls) {
                val inWindow = calls.filter { it.first in at until at + 60_000 }.sumOf { it.second }
                assertTrue(inWindow <= 20, "seed $seed: $inWindow segments in a minute")
            }
            assertTrue(calls.zipWithNext().all { (a, b) -> b.first - a.first >= 3_000 }, "seed $seed: too close")
        }
    }

    @Test
    fun `a system that says too many halves the pace for an hour`() {
        val world = FakeWorld()
        world.server.jobs.add(world.job("j1"))
        world.run(1)
        world.phone.take(SentResult("j1", 1, 1, 5))
        world.run(10)
        assertEquals("throttled", world.server.events("alert").single().obj("data").text("code"))
        world.server.jobs.addAll((2..11).map { world.job("j$it", mapOf("text" to "x".repeat(153 * 4)), notAfter = 7_200) })
        world.phone.wantClaim()
        world.run(50)
        assertTrue(world.radio.orders.drop(1).sumOf { it.parts } <= 10)
    }
}
