package dev.roost.phone.core

import java.util.concurrent.locks.ReentrantLock

/**
 * Lets one thread at a time into the phone. The gate is open while a request is on its way, so that a broadcast
 * receiver, which has seconds to live, never waits for the network. That is safe because everything a request needs
 * is frozen in the store before it leaves, and its answer is applied in one transaction after it came.
 */
class Gate {
    private val lock = ReentrantLock()

    fun <T> inside(work: () -> T): T {
        lock.lock()
        try {
            return work()
        } finally {
            lock.unlock()
        }
    }

    /** Only from [inside], and not from within a transaction. */
    fun <T> outside(work: () -> T): T {
        val depth = lock.holdCount
        repeat(depth) { lock.unlock() }
        try {
            return work()
        } finally {
            repeat(depth) { lock.lock() }
        }
    }
}
