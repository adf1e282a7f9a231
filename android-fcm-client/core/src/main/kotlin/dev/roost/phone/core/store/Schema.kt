package dev.roost.phone.core.store

/**
 * The phone's tables, in the SQL of SQLite 3.18 (Android 8). The virtual phone (`dev/phone/store.py`) has the same
 * ones, so that one harness looks into both; [VERSION] counts for both.
 */
object Schema {
    const val VERSION = 3

    private const val MMS_IN = "CREATE TABLE IF NOT EXISTS mms_in (provider_id INTEGER PRIMARY KEY, body TEXT)"

    val statements: List<String> =
        listOf(
            """CREATE TABLE IF NOT EXISTS jobs (
                received INTEGER PRIMARY KEY AUTOINCREMENT,
                job_id TEXT NOT NULL, attempt INTEGER NOT NULL,
                lease_epoch INTEGER NOT NULL, lease_grant TEXT NOT NULL, state TEXT NOT NULL,
                kind TEXT NOT NULL, recipient TEXT, text TEXT, mms TEXT, content_mark TEXT NOT NULL,
                slot INTEGER, sim_id TEXT, priority INTEGER NOT NULL,
                not_before_ms INTEGER, not_after_ms INTEGER, lease_until_ms INTEGER,
                delivery_report INTEGER NOT NULL, report_now INTEGER NOT NULL,
                segments INTEGER, waited_for TEXT,
                handed_boot TEXT, handed_elapsed_ms INTEGER, handed_wall_ms INTEGER,
                times TEXT NOT NULL DEFAULT '{}', outcome TEXT,
                UNIQUE (job_id, attempt))""",
            """CREATE TABLE IF NOT EXISTS parts (
                job_id TEXT NOT NULL, attempt INTEGER NOT NULL, part INTEGER NOT NULL,
                sent_code INTEGER, error_code INTEGER, tp_status INTEGER,
                PRIMARY KEY (job_id, attempt, part))""",
            """CREATE TABLE IF NOT EXISTS outbox (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
                job_id TEXT, attempt INTEGER, lease_epoch INTEGER,
                body TEXT NOT NULL, urgent INTEGER NOT NULL,
                boot_id TEXT NOT NULL, elapsed_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
                was_frozen INTEGER NOT NULL DEFAULT 0, in_batch INTEGER NOT NULL DEFAULT 0,
                refusals INTEGER NOT NULL DEFAULT 0,
                held_boot TEXT, held_elapsed_ms INTEGER, held_wall_ms INTEGER)""",
            "CREATE INDEX IF NOT EXISTS outbox_by_job ON outbox (job_id, attempt)",
            """CREATE TABLE IF NOT EXISTS quarantine (
                event_id TEXT PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL, code TEXT NOT NULL,
                wall_ms INTEGER NOT NULL)""",
            """CREATE TABLE IF NOT EXISTS batch (
                one INTEGER PRIMARY KEY CHECK (one = 1), batch_id TEXT NOT NULL, claim TEXT)""",
            """CREATE TABLE IF NOT EXISTS governor (
                boot_id TEXT NOT NULL, elapsed_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
                day TEXT NOT NULL, sim_id TEXT NOT NULL, segments INTEGER NOT NULL)""",
            """CREATE TABLE IF NOT EXISTS inbound (
                fingerprint TEXT PRIMARY KEY, provider_id INTEGER, wall_ms INTEGER NOT NULL)""",
            MMS_IN,
            "CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        )

    /** By the version it leads to. A phone that is updated keeps what it knows: forgetting it could send twice. */
    val upgrades: Map<Int, List<String>> = mapOf(3 to listOf("ALTER TABLE jobs ADD COLUMN mms TEXT", MMS_IN))
}
