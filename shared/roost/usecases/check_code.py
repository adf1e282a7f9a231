"""Check a one-time code: an attempt is counted before anything is compared, so parallel guesses get no more of them."""

from __future__ import annotations

from roost.domain.codes import CodeCheck, Reason, digest_of, matches, refusal
from roost.runtime.deps import Deps
from roost.runtime.pepper import pepper
from roost.storage.codes import CodesChanged, count_attempt, get_codes, use_up

NOTHING_OPEN = CodeCheck(Reason.NOT_FOUND)


def check_code(deps: Deps, account: str, peer: str, guess: str) -> CodeCheck:
    """Against the newest code of this number. A right one is used up and no right one a second time."""
    codes, now = get_codes(deps.messages, account, peer), deps.now()
    refused = refusal(codes.code if codes else None, now)
    if codes is None or refused is not None:
        return refused or NOTHING_OPEN
    try:
        code = count_attempt(deps.messages, codes, now)
    except CodesChanged as changed:
        return refusal(changed.codes.code if changed.codes else None, now) or NOTHING_OPEN
    if not matches(code, digest_of(pepper(), account, peer, code.id, guess)):
        return CodeCheck(Reason.CODE_MISMATCH, code.max_attempts - code.attempts)
    return CodeCheck(None) if use_up(deps.messages, codes, now) else NOTHING_OPEN
