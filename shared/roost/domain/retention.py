"""How long what is kept: the `ttl` of its item, after which DynamoDB deletes it within days, free of charge.

Without a line here nothing is deleted but by its owner: accounts, keys, contacts, opt-outs, plans, prices, the ledger.
"""

from __future__ import annotations

from roost.domain.instants import DAY, HOUR, SECOND

KEEP_MESSAGE = 400 * DAY
"""Counted from when it was accepted: longer than the farthest schedule and the longest life behind it."""

KEEP_CHUNK = 30 * DAY
"""Counted from the deadline: long after each of its messages is an item. Chunks nobody committed go the same way."""

KEEP_IDEMPOTENCY_KEY = DAY

KEEP_INBOUND_RECORD = 90 * DAY
"""As long as a phone may offer an event again: an outbox is worked off within weeks, not months."""

KEEP_LEASE = 4 * DAY
"""Longer than any message lives, so that recovery finds what a silent phone holds."""

KEEP_OWED = 30 * DAY
KEEP_LOG = 30 * DAY
"""What a webhook endpoint is owed, and every attempt at it."""

KEEP_OUTBOX = HOUR
"""What is told through the stream has been told by then."""

TOMBSTONE_SECONDS = 90 * DAY // SECOND
"""How long a removed phone is told that it was removed, instead of that its token is wrong."""
