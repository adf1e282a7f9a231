"""A function's zip: its source folder and a `bootstrap` that starts it under awslambdaric."""

import hashlib
import io
import shlex
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

# zip entries must not carry the checkout's dates, or the same code has another hash on every machine
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
FILE_MODE = 0o100644 << 16
EXECUTABLE_MODE = 0o100755 << 16
RUNTIME_STAND_IN = Path(__file__).parent / "runtime_interface"
IGNORED_FOLDERS = frozenset({"__pycache__", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
IGNORED_SUFFIXES = frozenset({".pyc", ".pyo"})

# what Lambda sets and the engine does not
LAMBDA_VARIABLES = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "PYTHONUNBUFFERED": "1",
    "TZ": ":UTC",
}


def source_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(path inside the folder, file) of everything that belongs in a package, sorted."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or path.suffix in IGNORED_SUFFIXES or IGNORED_FOLDERS & set(inside.parts):
            continue
        yield inside.as_posix(), path


def folder_hash(folders: Iterable[Path]) -> str:
    """SHA-256 over names and contents of all package files of the folders, in order."""
    digest = hashlib.sha256()
    for folder in folders:
        for name, path in source_files(folder):
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def layer_path(content: Path) -> Path:
    """Folder a layer puts on PYTHONPATH: its `python/`, or the source folder itself."""
    inner = content / "python"
    return inner if inner.is_dir() else content


def bootstrap_script(python: str, layers: Sequence[Path], variables: Mapping[str, str], hashed: str) -> str:
    """Start script of a function. `hashed`: `folder_hash` of the layers.

    It is in it because they are not in the zip: without it a change in `shared/`
    would be "no updates" and warm workers would keep the old modules.
    """
    path = [layer_path(layer) for layer in layers]
    if sys.platform != "linux":
        # awslambdaric's extension is built for Linux only
        path.append(RUNTIME_STAND_IN)
    exports = {**LAMBDA_VARIABLES, **variables, "PYTHONPATH": ":".join(map(str, path))}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(exports.items())]
    return "\n".join(
        [
            "#!/bin/sh",
            f"# layers {hashed}",
            # Ctrl-C reaches the whole process group; the workers must outlive it to finish what they do
            "trap '' INT",
            *lines,
            'export AWS_LAMBDA_LOG_GROUP_NAME="/aws/lambda/$AWS_LAMBDA_FUNCTION_NAME"',
            f'exec {shlex.quote(python)} -m awslambdaric "$_HANDLER"',
            "",
        ]
    )


def package_zip(folder: Path, bootstrap: str) -> bytes:
    """Zip of a source folder plus its bootstrap; equal input gives equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in source_files(folder):
            _write(archive, name, path.read_bytes(), FILE_MODE)
        _write(archive, "bootstrap", bootstrap.encode(), EXECUTABLE_MODE)
    return buffer.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, ENTRY_DATE)
    entry.external_attr = mode
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
