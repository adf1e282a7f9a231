"""README and docs name only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.documents import make_targets_in, missing_paths
from tests.contract.repository import ROOT, template

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_path_a_document_names_exists(document: Path) -> None:
    assert missing_paths(document, ROOT) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_make_target_a_document_names_exists(document: Path) -> None:
    assert make_targets_in(document.read_text(encoding="utf-8")) - targets() == set()


def test_make_help_lists_every_target_a_person_runs() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    helped = set(re.findall(r"^([a-z-]+):.*## .+", text, re.MULTILINE))
    [phony] = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert helped == set(phony.split()) == targets()


def test_the_guide_to_deploying_explains_each_parameter_of_the_template() -> None:
    text = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", text.partition("| parameter |")[2].partition("\n\n")[0], re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert explained == set(template()["Parameters"])


SAMPLE = """
Run `make dance` and see [the page](pages/none.md), `dev/gone.py`, `lost.yaml` or `shared/*/nothing.py`.

```console
$ make sing
$ cat dev/missing/
```

Fine: `dev/here.py`, [here](dev/here.py#top), `https://example.org/dev/x.py`, `.venvs/app/bin/python`,
`POST /v1/sms/send`, `here.py`, `application/json`, make nothing of this.
"""


def test_a_lie_in_a_document_is_seen(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "dev" / "here.py").write_text("")
    document = tmp_path / "README.md"
    document.write_text(SAMPLE)
    assert missing_paths(document, tmp_path) == [
        "pages/none.md",
        "dev/gone.py",
        "dev/missing/",
        "lost.yaml",
        "shared/*/nothing.py",
    ]
    assert make_targets_in(SAMPLE) == {"dance", "sing"}
