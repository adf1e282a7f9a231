"""/app/developers: a tester that posts from the browser, and code that works because the key is in it."""

from __future__ import annotations

from fastapi import Request, Response

from roost.dialects.pages.code_samples import CSHARP_CLIENT, LANGUAGES, PHP_CLIENT, PROMPT, code
from roost.dialects.pages.mcp_snippets import mcp_snippets
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain.errors import NotFound
from roost.usecases.account_key import account_key_secret, regenerate_account_key
from roost.web.account_key import Master
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()

APIS = {"v1": "/v1/sms/send", "sms8": "/services/send.php"}
NO_KEY = "YOUR_KEY"
PHONE, MESSAGE = "+15005550001", "Hello from my own phone"
"""The first number of the virtual phone: delivered."""


@router.get("/app/developers", summary="Working code and a live tester")
async def developers(request: Request, visitor: SignedIn, master: Master) -> Response:
    """The account's SMS8 key is the one key that can be shown again; it speaks all four dialects."""
    known = _known_key(visitor, master)
    server, key = str(request.base_url).rstrip("/"), known or NO_KEY
    filled = (server, key, PHONE, MESSAGE)
    return page(
        request,
        "developers.html",
        visitor,
        key=known,
        phone=PHONE,
        message=MESSAGE,
        apis=APIS,
        samples={api: {name: code(f"{api}/{file}", *filled) for name, file in LANGUAGES.items()} for api in APIS},
        prompt=code(PROMPT, *filled),
        clients={"PHP": code(PHP_CLIENT, *filled), "C#": code(CSHARP_CLIENT, *filled)},
        mcp=mcp_snippets(server, key),
    )


@router.post("/app/developers/key", summary="Make the account's SMS8 key anew")
async def regenerate(posted: PostedForm, master: Master) -> Response:
    """The former one is dead at once."""
    regenerate_account_key(posted.visitor.deps, posted.visitor.account, master)
    return go_to("/app/developers")


def _known_key(visitor: Visitor, master: bytes) -> str | None:
    try:
        return account_key_secret(visitor.deps, visitor.account, master)
    except NotFound:
        return None
