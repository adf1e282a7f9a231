package dev.roost.phone.core.server

import dev.roost.phone.core.store.Store

/** Keeps a secret so that a copied data folder is worth nothing: on Android with a key of the Keystore. */
interface Seal {
    fun close(secret: String): String

    /** null when the key is gone or not this phone's: then there is no secret. */
    fun open(sealed: String): String?
}

/** The two token slots of a rotation (protocol §20): `next` is tried first, `current` stays until `next` has worked. */
class Tokens(private val store: Store, private val seal: Seal) {
    /** Tokens to try, best first. */
    fun inOrder(): List<String> = listOfNotNull(opened(NEXT), opened(CURRENT))

    fun paired(token: String) {
        store.put(CURRENT, seal.close(token))
        store.put(NEXT, null)
    }

    /** The last one offered wins. */
    fun offerNext(token: String?) {
        if (token != null) store.put(NEXT, seal.close(token))
    }

    fun worked(token: String) {
        if (token == opened(NEXT)) store.transaction { paired(token) }
    }

    /** A refused `next` is forgotten; `current` is kept, it may only be suspended. */
    fun refused(token: String) {
        if (token == opened(NEXT)) store.transaction { store.put(NEXT, null) }
    }

    fun forget() {
        store.put(CURRENT, null)
        store.put(NEXT, null)
    }

    private fun opened(slot: String): String? = store.getText(slot)?.let(seal::open)

    private companion object {
        const val CURRENT = "token"
        const val NEXT = "next_token"
    }
}
