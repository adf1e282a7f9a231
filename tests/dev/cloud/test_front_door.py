"""The front port: what reaches the HTTP API, and what does not."""

import asyncio

from dev.cloud.front_door import FrontDoor
from dev.cloud_process import CloudProcess
from tests.dev.cloud.conftest import fetch


def test_a_path_parameter_and_the_query_reach_the_handler(cloud: CloudProcess) -> None:
    event = fetch(f"{cloud.front}/items/a%20b?x=1&x=2").json["event"]
    assert event["routeKey"] == "GET /items/{id}"
    assert event["pathParameters"] == {"id": "a b"}
    assert event["rawQueryString"] == "x=1&x=2"


def test_the_engines_own_paths_belong_to_the_api_on_the_front_port(cloud: CloudProcess) -> None:
    for path in ("/health", "/_ministack/health", "/_localstack/health", "/_roost/pollers", "/oauth2/token", "/v2/x"):
        assert fetch(cloud.front + path).json["event"]["rawPath"] == path


def test_a_reset_asked_for_on_the_front_port_resets_nothing(cloud: CloudProcess) -> None:
    assert fetch(f"{cloud.front}/_ministack/reset", "POST").json["event"]["rawPath"] == "/_ministack/reset"
    assert fetch(f"{cloud.front}/items/1").status == 200


def test_a_host_name_of_the_engine_is_refused_on_the_front_port(cloud: CloudProcess) -> None:
    for host in ("abc123ab.execute-api.localhost", "x.lambda-url.us-east-1.localhost", "abc.us-east-1.aoss.localhost"):
        assert fetch(f"{cloud.front}/items/1", headers={"Host": host}).status == 421


def test_the_clients_host_and_the_headers_of_a_gateway_reach_the_handler(cloud: CloudProcess) -> None:
    headers = fetch(f"{cloud.front}/items/1", headers={"Host": "sms.example.org"}).json["event"]["headers"]
    assert headers["host"] == "sms.example.org"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"


def test_headers_of_a_proxy_in_front_are_left_alone(cloud: CloudProcess) -> None:
    sent = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    headers = fetch(f"{cloud.front}/items/1", headers=sent).json["event"]["headers"]
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("203.0.113.9", "https")


def test_any_method_and_unknown_routes_are_served(cloud: CloudProcess) -> None:
    assert fetch(f"{cloud.front}/any", "DELETE").json["event"]["routeKey"] == "ANY /any"
    assert fetch(f"{cloud.front}/no/such/route").json["event"]["routeKey"] == "$default"


def test_a_preflight_is_answered_from_the_templates_cors_settings(cloud: CloudProcess) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    reply = fetch(f"{cloud.front}/items/1", "OPTIONS", asked)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, "https://example.org")
    assert fetch(f"{cloud.front}/items/1", "OPTIONS", {**asked, "Origin": "https://evil.example"}).status == 403


def test_an_authorizer_of_the_template_decides(cloud: CloudProcess) -> None:
    assert fetch(f"{cloud.front}/locked").status == 401
    assert fetch(f"{cloud.front}/locked", headers={"Authorization": "please"}).status == 403
    reply = fetch(f"{cloud.front}/locked", headers={"Authorization": "let me in"})
    assert reply.json["event"]["requestContext"]["authorizer"]["lambda"] == {"who": "friend"}


class _Connection:
    """One ASGI connection to a front door around an engine that records what it is given."""

    def __init__(self, kind: str, path: str, port: int) -> None:
        self.scope = {"type": kind, "path": path, "server": ("127.0.0.1", port), "headers": [], "method": "GET"}
        self.sent: list[dict[str, object]] = []
        self.reached_engine: list[object] = []

    async def engine(self, scope: object, receive: object, send: object) -> None:
        self.reached_engine.append(scope)

    async def receive(self) -> dict[str, object]:
        return {"type": f"{self.scope['type']}.connect"}

    async def send(self, message: object) -> None:
        assert isinstance(message, dict)
        self.sent.append(message)


def _through(connection: _Connection, api_id: str | None) -> None:
    async def control(method: str, path: str, query: bytes) -> tuple[int, object]:
        return 200, {}

    door = FrontDoor(connection.engine, 8787, control)
    if api_id:
        door.open(api_id)
    loop = asyncio.new_event_loop()  # not asyncio.run: it would take the loop that handlers in this process use
    try:
        loop.run_until_complete(door(connection.scope, connection.receive, connection.send))
    finally:
        loop.close()


def test_before_the_deploy_the_front_port_asks_to_come_back() -> None:
    connection = _Connection("http", "/items/1", 8787)
    _through(connection, None)
    assert connection.sent[0]["status"] == 503
    assert (b"retry-after", b"1") in connection.sent[0]["headers"]  # type: ignore[operator]
    assert not connection.reached_engine


def test_a_web_socket_on_the_front_port_is_closed() -> None:
    connection = _Connection("websocket", "/", 8787)
    _through(connection, "abc123ab")
    assert connection.sent == [{"type": "websocket.close", "code": 1008}]
    assert not connection.reached_engine


def test_the_engine_port_is_passed_on_untouched() -> None:
    connection = _Connection("http", "/_ministack/health", 4566)
    _through(connection, "abc123ab")
    assert connection.reached_engine == [connection.scope]
