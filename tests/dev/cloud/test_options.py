"""The command line, and the environment the engine gets from it."""

import os
from pathlib import Path

import pytest

from dev.cloud.environment import engine_environment
from dev.cloud.options import Options, parse_options
from dev.cloud.sockets import AddressError, Listeners, bind_listeners


def _options(*arguments: str) -> Options:
    return parse_options(["--state", "/tmp/x", *arguments])


def test_a_start_binds_loopback_and_free_ports_by_default() -> None:
    options = _options()
    assert (options.port, options.front_host, options.front_port) == (0, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("0.0.0.0:8787", "0.0.0.0", 8787), (":8787", "127.0.0.1", 8787), ("192.168.1.5", "192.168.1.5", 0)],
)
def test_the_front_address_is_a_host_a_port_or_both(text: str, host: str, port: int) -> None:
    options = _options("--front", text)
    assert (options.front_host, options.front_port) == (host, port)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--front", "host:abc"), "HOST:PORT"), (("--param", "Key"), "Key=Value"), (("--param", "=x"), "Key=Value")],
)
def test_a_wrong_argument_is_explained(
    arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        _options(*arguments)
    assert says in capsys.readouterr().err


def test_parameters_may_hold_an_equals_sign() -> None:
    assert _options("--param", "A=b=c", "--param", "D=").parameters == {"A": "b=c", "D": ""}


def test_options_survive_the_way_to_the_engine_process() -> None:
    options = _options("--auth", "--param", "A=b", "--stream-seconds", "0.25")
    assert options.stream_seconds == 0.25
    assert Options.from_json(options.to_json()) == options


def test_the_engine_gets_nothing_of_the_developers_environment() -> None:
    inherited = {"PATH": "/bin", "AWS_PROFILE": "company", "HTTP_PROXY": "http://proxy", "SECRET": "hush"}
    environment = engine_environment(_options(), 4566, inherited)
    assert environment["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "HTTP_PROXY", "SECRET"} & environment.keys()


def test_the_engine_listens_on_loopback_and_tells_handlers_so() -> None:
    environment = engine_environment(_options("--front", "0.0.0.0:8787"), 4566, {})
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert environment["AWS_CONFIG_FILE"] == os.devnull


def test_the_engines_folders_are_its_own(tmp_path: Path) -> None:
    environment = engine_environment(parse_options(["--state", str(tmp_path)]), 4566, {})
    folders = [environment[name] for name in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR")]
    assert len(set(folders)) == 3
    assert str(tmp_path) not in folders


def test_an_ephemeral_cloud_keeps_nothing() -> None:
    environment = engine_environment(_options("--ephemeral"), 4566, {})
    assert (environment["PERSIST_STATE"], environment["S3_PERSIST"]) == ("0", "0")


def test_an_address_of_another_machine_is_refused_with_what_to_do() -> None:
    with pytest.raises(AddressError, match=r"cannot listen on 203\.0\.113\.1:8787 .*choose another with --front"):
        bind_listeners(_options("--front", "203.0.113.1:8787"))


def test_a_cloud_for_the_whole_network_is_reached_over_loopback_from_here() -> None:
    assert Listeners(3, 4566, 4, "0.0.0.0", 8787).front == "http://127.0.0.1:8787"
