"""Sign up, in and out by a link that is mailed. There is no password to lose."""

from __future__ import annotations

from typing import Protocol

from roost.domain.accounts import Account
from roost.domain.api_keys import hash_of
from roost.domain.errors import InvalidRequest
from roost.domain.sign_in import (
    LINK_LIFETIME,
    SESSION_LIFETIME,
    LinkSpent,
    NotWelcome,
    Session,
    User,
    may_sign_up,
    normal_email,
)
from roost.runtime.deps import Deps
from roost.storage.sessions import (
    UserExists,
    count_link,
    delete_session,
    get_session,
    get_user,
    note_signed_out,
    put_link,
    put_new_user,
    put_session,
    sign_out_user,
    use_link,
)

SECRET_BYTES = 32


class SendLink(Protocol):
    """Mails the secret of a link to an address."""

    def __call__(self, email: str, secret: str) -> None: ...


def request_link(deps: Deps, text: str, allowed: str, send: SendLink) -> None:
    """Mail a link, if the address has an account or may get one. Nothing tells the asker which: a stranger must not
    learn who has an account here. Raises InvalidRequest for what is no address, and what `send` raises."""
    email = normal_email(text)
    if email is None:
        raise InvalidRequest.of("email", "must be an e-mail address, for example you@example.com")
    is_welcome = may_sign_up(email, allowed) or get_user(deps.accounts, email) is not None
    if is_welcome and count_link(deps.accounts, email, deps.now()):
        send(email, new_link(deps, email))


def new_link(deps: Deps, email: str) -> str:
    """The secret of a link that signs `email` in once, within a quarter of an hour."""
    secret = deps.entropy(SECRET_BYTES).hex()
    put_link(deps.keys, hash_of(secret), email, deps.now() + LINK_LIFETIME)
    return secret


def sign_in(deps: Deps, link_secret: str) -> tuple[Session, str]:
    """The session and the secret its cookie carries; the first time an account is made. Raises LinkSpent."""
    email = use_link(deps.keys, hash_of(link_secret), deps.now())
    if email is None:
        raise LinkSpent
    return _begin_session(deps, email)


def sign_in_as(deps: Deps, email: str, allowed: str) -> tuple[Session, str]:
    """As `sign_in`, for an address that another proved. Raises NotWelcome."""
    if not may_sign_up(email, allowed) and get_user(deps.accounts, email) is None:
        raise NotWelcome
    return _begin_session(deps, email)


def _begin_session(deps: Deps, email: str) -> tuple[Session, str]:
    user = get_user(deps.accounts, email) or _sign_up(deps, email)
    secret = deps.entropy(SECRET_BYTES).hex()
    now = deps.now()
    session = Session(
        account=user.account,
        email=email,
        secret_hash=hash_of(secret),
        form_token=deps.entropy(SECRET_BYTES).hex(),
        began_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    put_session(deps.keys, session)
    return session, secret


def _sign_up(deps: Deps, email: str) -> User:
    account = Account(id=deps.entropy(6).hex(), name=email, created_at=deps.now())
    user = User(email, account.id, deps.now())
    try:
        put_new_user(deps.accounts, user, account)
    except UserExists:  # two links of one address were opened at once
        return get_user(deps.accounts, email) or user
    return user


def invite(deps: Deps, account: str, text: str) -> None:
    """Let one more address into an account that exists. Raises InvalidRequest."""
    email = normal_email(text)
    if email is None:
        raise InvalidRequest.of("email", "must be an e-mail address, for example you@example.com")
    try:
        put_new_user(deps.accounts, User(email, account, deps.now()), None)
    except UserExists:
        raise InvalidRequest.of("email", "signs in to an account already") from None


def session_of(deps: Deps, secret: str | None) -> Session | None:
    """The valid session behind a cookie. Two consistent reads: what was signed out a moment ago is over."""
    session = get_session(deps.keys, hash_of(secret)) if secret else None
    if session is None or not session.is_valid(get_user(deps.accounts, session.email), deps.now()):
        return None
    return session


def sign_out(deps: Deps, session: Session, *, everywhere: bool) -> None:
    delete_session(deps.keys, session.secret_hash)
    if everywhere:
        ended_at = deps.now() + 1
        note_signed_out(deps.keys, session.email, ended_at)
        sign_out_user(deps.accounts, session.email, ended_at)
