"""A page: a template, the words of a language, and the headers that keep foreign code out of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from roost.dialects.pages.asset_files import asset_url
from roost.dialects.pages.moments import ago, moment, stamped
from roost.dialects.pages.public_pages import DOCS, in_language, language_of_address
from roost.dialects.pages.sayings import say
from roost.domain.errors import RoostError
from roost.domain.sign_in import SignInNeeded
from roost.web.visitor import Visitor, is_encrypted, remember_wanted

LANGUAGES = ("en", "es")
LANGUAGE_COOKIE = "roost_language"
SIGN_IN_PAGE = "/login"

PARTS = {"imports": "contacts", "lists": "contacts", "integrations": "settings", "join": "phones"}
"""Pages that stand under another name in the navigation."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }
)
"""Scripts and styles come from our own files only: a text that is HTML would run nothing even if it slipped through."""


@cache
def words(language: str) -> Mapping[str, str]:
    """The texts of a language by key; a test holds that every language has every key."""
    loaded: dict[str, str] = json.loads(files("roost.dialects.pages").joinpath(f"texts/{language}.json").read_bytes())
    return loaded


@cache
def templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("roost.dialects.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "stamp": stamped, "ago": ago}
    environment.globals |= {"asset": asset_url, "languages": LANGUAGES, "docs": DOCS, "in_language": in_language}
    environment.globals["part_of"] = part_of
    return environment


def part_of(path: str) -> str:
    """The part of the dashboard a page belongs to, as the navigation names it."""
    name = path.removeprefix("/app/").partition("/")[0]
    return PARTS.get(name, name)


def language_of(request: Request) -> str:
    """What a public page's address says; else the one chosen before, or the first that the browser asks for."""
    if (said := language_of_address(request.url.path)) is not None:
        return said
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wanted = [chosen, *(entry.strip()[:2].lower() for entry in request.headers.get("accept-language", "").split(","))]
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


def render(request: Request, template: str, visitor: Visitor | None = None, **values: Any) -> str:
    language = language_of(request)
    known = words(language)

    def t(key: str, **members: Any) -> str:
        return known[key].format(**members)

    return (
        templates()
        .get_template(template)
        .render(
            t=t,
            say=partial(say, language),
            language=language,
            path=request.url.path,
            session=visitor.session if visitor else None,
            **values,
        )
    )


def page(
    request: Request, template: str, visitor: Visitor | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    return HTMLResponse(render(request, template, visitor, **values), status, headers=dict(HEADERS))


def go_to(path: str) -> RedirectResponse:
    """After a form: the browser shows `path` by a GET, so that a reload repeats nothing."""
    return RedirectResponse(path, 303, headers={"cache-control": "no-store"})


def page_error(request: Request, error: RoostError, request_id: str) -> Response:
    """A refusal as a page; who is not signed in is sent to do so."""
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    template = "problem.html" if not is_fragment(request) else "problem_part.html"
    return page(request, template, status=error.status, error=error, request_id=request_id)


def is_fragment(request: Request) -> bool:
    """Asked for by htmx, to stand inside a page."""
    return request.headers.get("hx-request") == "true"


def _to_sign_in(request: Request) -> Response:
    if is_fragment(request):
        return Response(status_code=401, headers={"hx-redirect": SIGN_IN_PAGE})
    answer = go_to(SIGN_IN_PAGE)
    if request.method == "GET":
        remember_wanted(request, answer)
    return answer


def remember_language(request: Request, response: Response, language: str) -> None:
    year = 365 * 86_400
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=year, secure=is_encrypted(request), samesite="lax")
