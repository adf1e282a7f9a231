"""A browser on its way to Google and back."""

from __future__ import annotations

from fastapi import Request, Response

from roost.domain.google_sign_in import ASKING_LIFETIME, Asking, GoogleRefused, email_of
from roost.domain.instants import SECOND
from roost.runtime.google import google
from roost.web.visitor import Stranger, is_encrypted

SECRET_BYTES = 32
ASKING = "roost_google"


def begin_asking(stranger: Stranger) -> Asking:
    return Asking(stranger.deps.entropy(SECRET_BYTES).hex())


def consent_url(request: Request, asking: Asking) -> str:
    """Raises GoogleNotSetUp, GoogleRefused."""
    return google().consent_url(asking, _callback(request))


def remember_google(request: Request, response: Response, asking: Asking) -> None:
    """`lax`: the way back is a link of another site."""
    response.set_cookie(
        _cookie(request),
        asking.secret,
        max_age=ASKING_LIFETIME // SECOND,
        secure=is_encrypted(request),
        httponly=True,
        samesite="lax",
    )


def forget_google(request: Request, response: Response) -> None:
    response.delete_cookie(_cookie(request), secure=is_encrypted(request), httponly=True, samesite="lax")


def answered_email(request: Request, stranger: Stranger) -> str:
    """Whom Google's answer names. Raises GoogleRefused for one this browser did not ask for, GoogleNotSetUp."""
    asking = Asking(request.cookies.get(_cookie(request), ""))
    answer = request.query_params
    if not asking.secret or not asking.is_answered_by(answer.get("state", "")):
        raise GoogleRefused("This answer of Google belongs to another browser or is over 10 minutes old: begin again")
    if "code" not in answer:
        raise GoogleRefused("Google signed nobody in: begin again, or use a link by mail")
    return email_of(google().claims(asking, _callback(request), answer["code"], stranger.deps.now()))


def _callback(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/login/google/callback"


def _cookie(request: Request) -> str:
    return f"__Host-{ASKING}" if is_encrypted(request) else ASKING
