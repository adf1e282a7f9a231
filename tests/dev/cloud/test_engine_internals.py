"""The engine is young and patched by name: every name must still be there."""

import subprocess
from pathlib import Path

from dev.cloud_process import CLOUD_PYTHON, PROJECT

CHECK = Path(__file__).with_name("engine_internals.py")


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([CLOUD_PYTHON, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_the_pinned_engine_has_everything_that_is_patched() -> None:
    checked = subprocess.run([CLOUD_PYTHON, CHECK], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_check_names_what_is_missing() -> None:
    checked = _run(
        "import runpy, ministack.services.dynamodb as d\n"
        f"del d._put_item; runpy.run_path({str(CHECK)!r}, None, '__main__')"
    )
    assert checked.returncode == 1
    assert "ministack.services.dynamodb._put_item" in checked.stdout


def test_the_engine_calls_the_journal_by_the_names_that_are_replaced() -> None:
    script = (
        "import inspect, ministack.app as a, ministack.services.dynamodb as d\n"
        "assert '_load_persisted_state()' in inspect.getsource(a._handle_lifespan)\n"
        "assert 'await' not in inspect.getsource(d.handle_request)\n"
        "assert inspect.getsource(d).count('_emit_stream_event(') >= 8\n"
    )
    assert _run(script).returncode == 0
