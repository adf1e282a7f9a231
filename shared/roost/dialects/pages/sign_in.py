"""/login and /signup: a link by mail or Google, a session for it, and the way out."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Request, Response

from roost.dialects.pages.public_pages import in_language
from roost.dialects.pages.render import SIGN_IN_PAGE, go_to, language_of, page, remember_language, words
from roost.dialects.pages.router import pages_router
from roost.domain.errors import InvalidRequest
from roost.domain.sign_in import FormNotOurs, own_path
from roost.outbound.mail import Mail
from roost.usecases.session_tokens import new_session_token
from roost.usecases.sign_in import request_link, sign_in, sign_in_as, sign_out
from roost.web.google import answered_email, begin_asking, consent_url, forget_google, remember_google
from roost.web.visitor import (
    Anyone,
    PostedForm,
    SignedIn,
    form_of,
    give_session,
    has_asked,
    remember_asking,
    take_session,
    wanted_page,
)

router = pages_router()

FIRST_PAGE = "/app/phones"


@router.get("/signup", summary="Sign up")
@router.get("/login", summary="Sign in")
async def ask_for_address(request: Request, stranger: Anyone) -> Response:
    return page(request, "sign_in.html", problem=None, email="", has_google=stranger.has_google)


@router.post("/login", summary="Mail a sign-in link")
async def mail_link(request: Request, stranger: Anyone) -> Response:
    """The answer is the same for every address: it does not tell who has an account."""
    stranger.mail.check()
    email = (await form_of(request)).get("email", "")
    send = partial(_mail, stranger.mail, str(request.base_url).rstrip("/"), language_of(request))
    try:
        request_link(stranger.deps, email, stranger.allowed, send)
    except InvalidRequest:
        shown: dict[str, Any] = {"problem": "sign_in_bad_email", "email": email[:254]}
        return page(request, "sign_in.html", status=422, has_google=stranger.has_google, **shown)
    answer = page(request, "link_sent.html", email=email)
    remember_asking(request, answer)
    return answer


@router.get("/login/link", summary="The page a mailed link opens")
async def open_link(request: Request, token: str = "") -> Response:
    """Programs that look through mail follow links: only the form of this page uses the link up. By itself it is sent
    only in the browser that asked: a link from elsewhere must not sign anybody in to another's account unseen."""
    return page(request, "open_link.html", token=token, at_once=has_asked(request))


@router.post("/login/link", summary="Sign in by a link")
async def use_link(request: Request, stranger: Anyone) -> Response:
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise FormNotOurs
    _, secret = sign_in(stranger.deps, (await form_of(request)).get("token", ""))
    return _welcome(request, secret)


@router.get("/login/google", summary="Sign in by Google")
async def to_google(request: Request, stranger: Anyone) -> Response:
    asking = begin_asking(stranger)
    answer = go_to(consent_url(request, asking))
    remember_google(request, answer, asking)
    return answer


@router.get("/login/google/callback", summary="Back from Google")
async def from_google(request: Request, stranger: Anyone) -> Response:
    _, secret = sign_in_as(stranger.deps, answered_email(request, stranger), stranger.allowed)
    answer = _welcome(request, secret)
    forget_google(request, answer)
    return answer


@router.post("/login/token", summary="A session token for the API")
async def give_token(visitor: SignedIn) -> dict[str, Any]:
    """For programs of who is signed in: `Authorization: Bearer` on `/v1` for an hour. A page of another site can make a
    browser ask, but not read the answer."""
    token, seconds = new_session_token(visitor.deps, visitor.session)
    return {"access_token": token, "token_type": "bearer", "expires_in": seconds}


@router.post("/logout", summary="Sign out")
async def leave(request: Request, posted: PostedForm) -> Response:
    sign_out(posted.visitor.deps, posted.visitor.session, everywhere="everywhere" in posted.fields)
    answer = go_to(SIGN_IN_PAGE)
    take_session(request, answer)
    return answer


@router.post("/language", summary="Choose a language")
async def choose_language(request: Request) -> Response:
    """Back to the page it was chosen on; a path of ours only, or the form would send people anywhere."""
    fields = await form_of(request)
    language = fields.get("language", "en")
    answer = go_to(in_language(own_path(fields.get("back", "/"), "/"), language))
    remember_language(request, answer, language)
    return answer


def _welcome(request: Request, secret: str) -> Response:
    """To the page that was wanted, under a session made this moment: one planted before is worth nothing."""
    answer = go_to(wanted_page(request, FIRST_PAGE))
    give_session(request, answer, secret)
    return answer


def _mail(mail: Mail, base_url: str, language: str, email: str, secret: str) -> None:
    known = words(language)
    text = known["mail_text"].format(link=f"{base_url}/login/link?token={secret}", host=base_url.partition("//")[2])
    mail.send(email, known["mail_subject"], text)
