"""The check behind `make build` sees what a machine with everything installed would hide."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev.artifacts.artifact_check import BuiltFunction, check, shown_layer


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A layer with one package, that no interpreter has."""
    (tmp_path / "WebLayer" / "web_framework").mkdir(parents=True)
    (tmp_path / "WebLayer" / "web_framework" / "__init__.py").write_text("")
    (tmp_path / "WebLayer" / "firebase_admin.py").write_text("")
    return tmp_path / "WebLayer"


def a_function(tmp_path: Path, source: str, *layers: Path, name: str = "send_message") -> BuiltFunction:
    code = tmp_path / name
    code.mkdir()
    (code / "app.py").write_text(source)
    return BuiltFunction(name, code, {layer.name: layer for layer in layers}, (code, *layers))


def test_a_function_with_its_layers_passes_and_shows_its_size(tmp_path: Path, layer: Path) -> None:
    checked = check(a_function(tmp_path, "import web_framework\ndef handler(event, context): ...\n", layer))
    assert checked.problems == ()
    assert checked.size == len("import web_framework\ndef handler(event, context): ...\n")
    assert str(checked).split() == ["ok", "send_message", "0.0", "MB", "WebLayer"]


def test_a_function_without_the_layer_it_needs_fails(tmp_path: Path, layer: Path) -> None:
    checked = check(a_function(tmp_path, "import web_framework\ndef handler(event, context): ...\n"))
    assert "ModuleNotFoundError: No module named 'web_framework'" in checked.problems[0]
    assert str(checked).startswith("FAIL send_message")


def test_what_is_installed_on_this_machine_does_not_count(tmp_path: Path) -> None:
    checked = check(a_function(tmp_path, "import pytest\ndef handler(event, context): ...\n"))
    assert "No module named 'pytest'" in checked.problems[0]


def test_a_module_without_a_handler_fails(tmp_path: Path) -> None:
    checked = check(a_function(tmp_path, "handle = print\n"))
    assert "handler" in checked.problems[0]


def test_reading_the_environment_at_import_fails(tmp_path: Path) -> None:
    source = "import os\nTABLE = os.environ['MESSAGES_TABLE']\ndef handler(event, context): ...\n"
    assert check(a_function(tmp_path, source)).problems == ("import raises: KeyError: 'MESSAGES_TABLE'",)


@pytest.mark.parametrize(("name", "problems"), [("send_message", 1), ("dispatch_changes", 0)])
def test_only_dispatch_changes_may_load_firebase(name: str, problems: int, tmp_path: Path, layer: Path) -> None:
    checked = check(a_function(tmp_path, "import firebase_admin\nhandler = print\n", layer, name=name))
    assert len(checked.problems) == problems


def test_two_builds_of_the_same_code_show_the_same_hash_whatever_their_times_and_bytecode(tmp_path: Path) -> None:
    contents = {"python/b.py": "y = 2\n", "python/a/__init__.py": "x = 1\n"}
    first, second = a_layer(tmp_path / "first", contents), a_layer(tmp_path / "second", dict(sorted(contents.items())))
    os.utime(second / "python" / "b.py", (0, 0))
    assert shown_layer(first) == shown_layer(second)
    (second / "python" / "__pycache__").mkdir()
    (second / "python" / "__pycache__" / "b.cpython-313.pyc").write_text("made where Python 3.13 is")
    assert shown_layer(first).split()[-1] == shown_layer(second).split()[-1]
    (second / "python" / "b.py").write_text("y = 3\n")
    assert shown_layer(first).split()[-1] != shown_layer(second).split()[-1]


def a_layer(build: Path, contents: dict[str, str]) -> Path:
    """Written in the order given."""
    for name, text in contents.items():
        file = build / "WebLayer" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return build / "WebLayer"
