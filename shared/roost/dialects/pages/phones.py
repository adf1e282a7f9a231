"""/app/phones: pair a phone by its camera, watch it connect, and set how it sends."""

from __future__ import annotations

import io
from typing import Any

import segno
from fastapi import Request, Response
from markupsafe import Markup

from roost.dialects.pages.form_values import clock_time, whole_number
from roost.dialects.pages.phone_card import PhoneCard, card_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.errors import InvalidRequest, NeedsAcknowledgement
from roost.domain.pairing import eightms_link, roost_link
from roost.usecases.manage_phones import PhoneChange, change_phone, find_phone, list_account_phones, remove_phone
from roost.usecases.pair_phone import create_pairing
from roost.web.visitor import Posted, PostedForm, SignedIn, Visitor

router = pages_router()

LONGEST_NAME = 80
NUMBERS = ("gap_seconds", "daily_cap")
CLOCK_TIMES = ("quiet_from", "quiet_to")


@router.get("/app/phones", summary="Phones")
async def phones(request: Request, visitor: SignedIn) -> Response:
    return page(request, "phones.html", visitor, cards=_cards(visitor))


@router.get("/app/phones/cards", summary="The cards of all phones, asked for again and again")
async def cards(request: Request, visitor: SignedIn) -> Response:
    return page(request, "phone_cards.html", visitor, cards=_cards(visitor))


@router.post("/app/phones/pairings", summary="A link to pair a phone, as a QR code")
async def pair(request: Request, posted: PostedForm) -> Response:
    visitor, label = posted.visitor, posted.fields.get("label", "")[:LONGEST_NAME] or None
    pairing, code = create_pairing(visitor.deps, visitor.account, label)
    base_url = str(request.base_url).rstrip("/")
    link = roost_link(base_url, code, label)
    classic = eightms_link(base_url, code, label)
    return page(
        request,
        "pairing.html",
        visitor,
        link=link,
        classic=classic,
        picture=qr_picture(link),
        expires_at=pairing.expires_at,
    )


@router.get("/app/join", summary="Join the phone that shows this page")
async def join(request: Request, visitor: SignedIn, label: str = "") -> Response:
    """The app opens it in the phone's browser: whoever signed in there is led back into the app with a pairing of
    their account. A page of another site that leads here pairs nobody's phone to its own account."""
    name = label.strip()[:LONGEST_NAME] or None
    pairing, code = create_pairing(visitor.deps, visitor.account, name)
    link = roost_link(str(request.base_url).rstrip("/"), code, name)
    return page(request, "join.html", visitor, link=link, expires_at=pairing.expires_at)


@router.get("/app/phones/{phone_id}", summary="One phone and its settings")
async def phone(request: Request, phone_id: str, visitor: SignedIn) -> Response:
    return _settings(request, visitor, phone_id)


@router.post("/app/phones/{phone_id}", summary="Change a phone's settings")
async def change(request: Request, phone_id: str, posted: PostedForm) -> Response:
    """What loosens the careful defaults is shown with its warning first, and done when that is ticked."""
    visitor = posted.visitor
    try:
        change_phone(visitor.deps, visitor.account, ids.parse("phn", phone_id), _wanted(posted))
    except NeedsAcknowledgement as warning:
        return _settings(request, visitor, phone_id, status=409, warning=warning.detail, filled_in=posted.fields)
    except InvalidRequest as problem:
        return _settings(request, visitor, phone_id, status=422, problem=problem.detail, filled_in=posted.fields)
    return go_to(f"/app/phones/{phone_id}")


@router.post("/app/phones/{phone_id}/pause", summary="Let a phone send nothing, or send again")
async def pause(phone_id: str, posted: PostedForm) -> Response:
    visitor, enabled = posted.visitor, "resume" in posted.fields
    change_phone(visitor.deps, visitor.account, ids.parse("phn", phone_id), PhoneChange(enabled=enabled))
    return go_to("/app/phones")


@router.post("/app/phones/{phone_id}/remove", summary="Remove a phone")
async def remove(phone_id: str, posted: PostedForm) -> Response:
    visitor = posted.visitor
    remove_phone(visitor.deps, visitor.account, ids.parse("phn", phone_id))
    return go_to("/app/phones")


def qr_picture(link: str) -> Markup:
    """An inline SVG: markup of ours, made of the link's modules and nothing of its text."""
    drawn = io.BytesIO()
    segno.make(link, error="l").save(
        drawn, kind="svg", scale=6, xmldecl=False, svgns=False, omitsize=True, svgclass="qr"
    )
    return Markup(drawn.getvalue().decode())


def _cards(visitor: Visitor) -> list[PhoneCard]:
    found, primary = list_account_phones(visitor.deps, visitor.account)
    return [card_of(phone, primary, visitor.deps.now()) for phone in found]


def _settings(request: Request, visitor: Visitor, phone_id: str, *, status: int = 200, **shown: Any) -> Response:
    found = find_phone(visitor.deps, visitor.account, ids.parse("phn", phone_id))
    _, primary = list_account_phones(visitor.deps, visitor.account)
    values: dict[str, Any] = {"warning": None, "problem": None, "filled_in": {}} | shown
    card = card_of(found, primary, visitor.deps.now())
    return page(request, "phone.html", visitor, status=status, card=card, phone=found, **values)


def _wanted(posted: Posted) -> PhoneChange:
    """Raises InvalidRequest naming the field."""
    fields = posted.fields
    pacing: dict[str, Any] = {name: whole_number(name, fields[name]) for name in NUMBERS if name in fields}
    pacing |= {name: clock_time(name, fields.get(name)) for name in CLOCK_TIMES}
    pacing |= {"warm_up": "warm_up" in fields} | ({"timezone": fields["timezone"]} if "timezone" in fields else {})
    return PhoneChange(
        name=fields.get("name", "")[:LONGEST_NAME] or None,
        primary=True if "primary" in fields else None,
        default_sim=whole_number("default_sim", fields["default_sim"]) if "default_sim" in fields else None,
        pacing=pacing,
        acknowledge="acknowledge" in fields,
        confirm_sims="confirm_sims" in fields,
    )
