"""HighLevel as far as a mirror meets it, over real HTTP: strict about what it takes, with its known faults."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.highlevel.there import LOST, NUMBERS, Answer, There

PROVIDER = "61d6d1f9cdac7612faf80753"


@dataclass
class HighLevelStandIn:
    """`codes`: what each authorization code is answered with."""

    url: str = ""
    locations: dict[str, There] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def location(self, company: str | None = None) -> There:
        there = There(f"loc{next(NUMBERS)}x{id(self) % 10_007}", company=company)
        self.locations[there.id] = there
        return there

    def code_for(self, there: There) -> str:
        code = f"code{next(NUMBERS)}"
        self.codes[code] = {"userType": "Location", "locationId": there.id, "companyId": "comp", "userId": "u"}
        return code

    def code_for_agency(self, company: str) -> str:
        code, agency = f"code{next(NUMBERS)}", There(company)
        self.locations[company] = agency
        self.codes[code] = {"userType": "Company", "companyId": company, "userId": "u", "isBulkInstallation": True}
        return code

    def serve(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        url = urlsplit(target)
        for verb, pattern, version, name in ROUTES:
            match = re.fullmatch(pattern, url.path)
            if verb == method and match:
                with self.lock:
                    asked = Asked(name, match.groupdict(), headers, body, dict(parse_qs(url.query)))
                    return self._serve(asked, version)
        return 404, {"message": f"Cannot {method} {url.path}"}, {}

    def _serve(self, asked: Asked, version: str | None) -> Answer:
        if asked.name == "tokens":
            return self._tokens(asked)
        if version is not None and asked.headers.get("version") != version:
            return 400, {"message": "version header is invalid"}, {}
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        there = next((found for found in self.locations.values() if found.access and found.access == bearer), None)
        if there is None:
            return 401, {"statusCode": 401, "message": "Invalid token: access token is invalid"}, {}
        there.calls.append(asked.name)
        fault = there.faults[asked.name].pop(0) if there.faults.get(asked.name) else None
        if fault is not None and fault[0] != LOST:
            return fault
        status, answer = HANDLERS[asked.name](self, there, asked)
        return (502, None, {}) if fault is not None else (status, answer, {})

    def _tokens(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if form.get("client_secret") != "client-secret":
            return 401, {"message": "Invalid client"}, {}
        if form["grant_type"] == "authorization_code":
            said = self.codes.pop(form["code"], None)
            if said is None:
                return 400, {"error": "invalid_grant"}, {}
            there = self.locations[said.get("locationId") or said["companyId"]]
        else:
            found = [one for one in self.locations.values() if one.refresh and one.refresh == form["refresh_token"]]
            if not found:
                return 400, {"error": "invalid_grant", "message": "Refresh token is spent"}, {}
            there, said = found[0], {"userId": "u"}
        there.calls.append("tokens")
        there.access, there.refresh = f"at-{next(NUMBERS)}", f"rt-{next(NUMBERS)}"
        return 200, {**said, "access_token": there.access, "refresh_token": there.refresh, "expires_in": 86_399}, {}


@dataclass(frozen=True)
class Asked:
    name: str
    path: dict[str, str]
    headers: dict[str, str]
    body: bytes
    query: dict[str, list[str]]

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


Handle = Callable[[HighLevelStandIn, There, Asked], tuple[int, dict[str, Any] | None]]
HANDLERS: dict[str, Handle] = {}
ROUTES: list[tuple[str, str, str | None, str]] = [("POST", "/oauth/token", None, "tokens")]


def route(method: str, path: str, version: str) -> Callable[[Handle], Handle]:
    def kept(handle: Handle) -> Handle:
        name = handle.__name__
        ROUTES.append((method, re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), version, name))
        HANDLERS[name] = handle
        return handle

    return kept


@route("POST", "/oauth/locationToken", "2021-07-28")
def location_token(stand_in: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    wanted = stand_in.locations[form["locationId"]]
    assert wanted.company == form["companyId"] == there.id
    wanted.access = f"at-{next(NUMBERS)}"
    return 200, {"access_token": wanted.access, "expires_in": 86_399, "locationId": wanted.id, "userId": "u"}


@route("GET", "/oauth/installedLocations", "2021-07-28")
def installed(stand_in: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    listed = [one for one in stand_in.locations.values() if one.company == there.id]
    return 200, {"locations": [{"_id": one.id, "name": "n", "address": "a", "isInstalled": True} for one in listed]}


@route("POST", "/contacts/upsert", "2021-07-28")
def upsert(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    assert asked.json["locationId"] == there.id
    assert "tags" not in asked.json, "would overwrite all tags"
    return 200, {"new": False, "contact": there.made(asked.json["phone"])}


@route("GET", "/contacts/{contact}", "2021-07-28")
def contact(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    found = there.contacts.get(asked.path["contact"])
    return (200, {"contact": found}) if found else (400, {"message": "Contact not found"})


@route("PUT", "/contacts/{contact}", "2021-07-28")
def dnd(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    found = there.contacts[asked.path["contact"]]
    found["dndSettings"] = {**found["dndSettings"], **asked.json["dndSettings"]}
    there.changed(found, "ContactDndUpdate")
    return 200, {"succeded": True, "contact": found}


@route("POST", "/contacts/{contact}/tags", "2021-07-28")
def add_tag(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    found = there.contacts[asked.path["contact"]]
    found["tags"] = sorted({*found["tags"], *asked.json["tags"]})
    there.changed(found, "ContactTagUpdate")
    return 201, {"tags": found["tags"]}


@route("DELETE", "/contacts/{contact}/tags", "2021-07-28")
def remove_tag(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    found = there.contacts[asked.path["contact"]]
    found["tags"] = sorted({*found["tags"]} - {*asked.json["tags"]})
    there.changed(found, "ContactTagUpdate")
    return 200, {"tags": found["tags"]}


@route("POST", "/conversations/", "2021-04-15")
def converse(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    who = asked.json["contactId"]
    if who in there.conversations:
        return 400, {"message": f"Conversation with the contact id:{who} already exists"}
    there.conversations[who] = f"conv{next(NUMBERS)}"
    return 201, {"success": True, "conversation": {"id": there.conversations[who]}}


@route("GET", "/conversations/search", "2021-04-15")
def search(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    there.found_after -= 1
    found = there.conversations.get(asked.query["contactId"][0]) if there.found_after < 0 else None
    return 200, {"conversations": [{"id": found}] if found else [], "total": int(found is not None)}


@route("GET", "/conversations/{conversation}/messages", "2021-04-15")
def texts(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    listed = [text for text in there.texts if text["conversationId"] == asked.path["conversation"]]
    return 200, {"messages": {"lastMessageId": "x", "nextPage": False, "messages": listed[::-1]}}


@route("POST", "/conversations/messages/inbound", "2021-04-15")
def show(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    said = asked.json
    assert said["type"] == "SMS" and said["direction"] in ("inbound", "outbound")  # noqa: PT018 (one shape)
    if said["conversationProviderId"] != PROVIDER:
        return 400, {"message": "Invalid conversationProviderId"}
    if said["message"] in there.breaking:
        return 500, {"message": "Internal server error"}
    if said["message"] in there.refused:
        return 422, {"message": ["message is refused"]}
    if said["contactId"] not in there.contacts:
        return 400, {"message": "Contact not found"}
    conversation = there.conversations.setdefault(said["contactId"], f"conv{next(NUMBERS)}")
    text = {"id": f"msg{next(NUMBERS)}", "conversationId": conversation, "contactId": said["contactId"]}
    text |= {"body": said["message"], "direction": said["direction"], "altId": said["altId"]}
    there.texts.append({**text, "dateAdded": said["date"]})
    there.statuses[text["id"]] = []
    return 201, {"success": True, "conversationId": conversation, "messageId": text["id"]}


@route("PUT", "/conversations/messages/{message}/status", "2021-04-15")
def status(_: HighLevelStandIn, there: There, asked: Asked) -> tuple[int, dict[str, Any] | None]:
    assert asked.json["status"] in ("delivered", "failed", "pending", "read")
    there.statuses[asked.path["message"]].append(asked.json["status"])
    return 200, {"messageId": asked.path["message"], "status": asked.json["status"]}


@contextmanager
def serving() -> Iterator[HighLevelStandIn]:
    stand_in = HighLevelStandIn()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            code, said, more = stand_in.serve(self.command, self.path, headers, body)
            content = b"" if said is None else json.dumps(said).encode()
            self.send_response(code)
            for name, value in {**more, "content-type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 (http.server's names)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield stand_in
        server.shutdown()
        thread.join()
