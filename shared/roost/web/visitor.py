"""Who is looking at a page: the session behind a cookie, and proof that a form came from one of our pages."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from roost.domain.instants import SECOND
from roost.domain.senders import Sender
from roost.domain.sign_in import LINK_LIFETIME, SESSION_LIFETIME, FormNotOurs, Session, SignInNeeded, own_path
from roost.outbound.mail import Mail
from roost.runtime.deps import Deps, deps
from roost.runtime.mail import mail
from roost.runtime.settings import settings
from roost.usecases.sign_in import session_of
from roost.web.forms import form_fields
from roost.web.uploads import Uploaded, uploaded

MOST_FORM_BYTES = 1_000_000
FORM_TOKEN = "form_token"
ASKED = "roost_asked"
WANTED = "roost_wanted"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person. `session.form_token` goes into every form of the page."""

    session: Session
    deps: Deps

    @property
    def account(self) -> str:
        return self.session.account

    @property
    def sender(self) -> Sender:
        """No key's limits apply to what a person sends; the account's do."""
        return Sender(self.account)


@dataclass(frozen=True, slots=True)
class Posted:
    """A form of a page of this session. `fields`: what was filled in, trimmed; empty ones are absent."""

    visitor: Visitor
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class PostedUpload(Posted):
    """As `Posted`, with a file. `file` None: none was chosen."""

    file: bytes | None


@dataclass(frozen=True, slots=True)
class Stranger:
    """Nobody has signed in yet. `allowed`: who may sign up. `has_google`: whether Google sign-in is set up."""

    deps: Deps
    mail: Mail
    allowed: str
    has_google: bool


def is_encrypted(request: Request) -> bool:
    """Everywhere but in the local cloud."""
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """`__Host-` makes browsers refuse it from any other host, path or from unencrypted pages."""
    return "__Host-roost" if is_encrypted(request) else "roost"


def give_session(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=SESSION_LIFETIME // SECOND,
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",
    )


def remember_asking(request: Request, response: Response) -> None:
    """This browser asked for a link."""
    seconds = LINK_LIFETIME // SECOND
    response.set_cookie(ASKED, "1", max_age=seconds, secure=is_encrypted(request), httponly=True, samesite="lax")


def has_asked(request: Request) -> bool:
    return ASKED in request.cookies


def remember_wanted(request: Request, response: Response) -> None:
    """The page somebody wanted before signing in."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    seconds = LINK_LIFETIME // SECOND
    response.set_cookie(WANTED, wanted, max_age=seconds, secure=is_encrypted(request), httponly=True, samesite="lax")


def wanted_page(request: Request, otherwise: str) -> str:
    """Of the dashboard only, whoever wrote the cookie."""
    wanted = own_path(request.cookies.get(WANTED, ""), otherwise)
    return wanted if wanted.startswith("/app/") else otherwise


def take_session(request: Request, response: Response) -> None:
    response.delete_cookie(cookie_name(request), secure=is_encrypted(request), httponly=True, samesite="lax")


async def form_of(request: Request) -> dict[str, str]:
    """What a person filled in, without the blanks around it. Raises InvalidRequest and TooLarge."""
    fields = await form_fields(request, MOST_FORM_BYTES)
    return {name: value.strip() for name, value in fields.items() if value.strip()}


async def signed_in(request: Request) -> Visitor:
    session = session_of(deps(), request.cookies.get(cookie_name(request)))
    if session is None:
        raise SignInNeeded
    return Visitor(session, deps())


async def _posted(request: Request, visitor: Annotated[Visitor, Depends(signed_in)]) -> Posted:
    """SameSite keeps the cookie from other sites' forms; the token also stops a page on a sibling host."""
    fields = await form_of(request)
    _check_form_token(request, visitor, fields.pop(FORM_TOKEN, ""))
    return Posted(visitor, fields)


async def _posted_upload(request: Request, visitor: Annotated[Visitor, Depends(signed_in)]) -> PostedUpload:
    """Raises FormNotOurs, TooLarge."""
    is_upload = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    sent = await uploaded(request, "Split it, or upload it by POST /v1/contacts/imports") if is_upload else Uploaded()
    _check_form_token(request, visitor, sent.fields.pop(FORM_TOKEN, ""))
    fields = {name: value.strip() for name, value in sent.fields.items() if value.strip()}
    return PostedUpload(visitor, fields, sent.files.get("file") or None)


def _check_form_token(request: Request, visitor: Visitor, in_form: str) -> None:
    given = request.headers.get("x-form-token") or in_form
    if not hmac.compare_digest(given.encode(), visitor.session.form_token.encode()):
        raise FormNotOurs


async def _stranger() -> Stranger:
    return Stranger(deps(), mail(), settings().allowed_emails, bool(settings().google_parameter))


SignedIn = Annotated[Visitor, Depends(signed_in)]
PostedForm = Annotated[Posted, Depends(_posted)]
PostedFile = Annotated[PostedUpload, Depends(_posted_upload)]
Anyone = Annotated[Stranger, Depends(_stranger)]
