"""What a Markdown document names: paths of this repository, make targets, files it links to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
PATH = re.compile(r"(?<![\w/.@:~$-])(?:\./)?((?:\.?[\w*-]+/)+[\w.*-]*|[\w-]+\.(?:md|yaml|toml|json|sh|py))(?![\w(])")

MADE_AT_RUN_TIME = (".venvs/", ".roost/", ".aws-sam/")


def code_in(text: str) -> Iterator[str]:
    """Every fenced block and every `span`."""
    yield from (match[0] for match in FENCE.finditer(text))
    yield from (match[1] for match in SPAN.finditer(FENCE.sub("", text)))


def make_targets_in(text: str) -> set[str]:
    """The targets a document tells its reader to run."""
    return {target for code in code_in(text) for target in TARGET.findall(code)}


def missing_paths(document: Path, root: Path) -> list[str]:
    """Links that lead nowhere, and paths in code that are not in the repository.

    A path counts if its first folder is one of the repository's; a lone file name counts if it ends like one of ours.
    """
    text = document.read_text(encoding="utf-8")
    links = [link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]
    lost = [link for link in links if not (document.parent / link).exists()]
    named = {path for code in code_in(text) for path in PATH.findall(code)}
    return lost + sorted(path for path in named if _is_ours(path, root) and not _exists(path, root))


def _is_ours(path: str, root: Path) -> bool:
    if path.startswith(MADE_AT_RUN_TIME):
        return False
    return "/" not in path or (root / path.split("/")[0]).is_dir()


def _exists(path: str, root: Path) -> bool:
    if "/" not in path:
        return (root / path).exists() or any(_named(path, root))
    return any(root.glob(path.rstrip("/"))) if "*" in path else (root / path).exists()


def _named(name: str, root: Path) -> Iterator[Path]:
    """A lone name may be that of any file of the repository."""
    for folder in ("functions", "shared", "dev", "docs", "events", "layers", "requirements", "tests"):
        yield from (root / folder).rglob(name)
