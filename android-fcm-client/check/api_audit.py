"""Lists what our classes call and an older Android does not have: api_audit.py FLOOR.jar REVIEWED FOLDER...

Exit code 1 if a call is not in the reviewed list, or a line of the list is no longer needed by any call.
Lines of the list: `<floor> <class>.<member><descriptor>  # API <level>, where it is guarded`; a `*` at the end stands
for everything that begins so.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from class_reader import ClassFile, Reader

SYSTEM = ("android/", "java/", "javax/", "dalvik/", "org/json/")


def classes_in(path: Path) -> dict[str, ClassFile]:
    if path.is_dir():
        return {found.name: found for file in path.rglob("*.class") if (found := Reader(file.read_bytes()).read())}
    with zipfile.ZipFile(path) as jar:
        names = [name for name in jar.namelist() if name.endswith(".class")]
        return {found.name: found for name in names if (found := Reader(jar.read(name)).read())}


def missing(ours: dict[str, ClassFile], floor: dict[str, ClassFile]) -> Iterator[str]:
    known = {**floor, **ours}
    for class_ in ours.values():
        for owner, name, descriptor in class_.references:
            owner = owner.lstrip("[")
            is_system = owner.startswith(SYSTEM) or owner in ours
            if is_system and not has(known, owner, (name, descriptor)):
                yield f"{owner}.{name}{descriptor}"
        for owner in class_.classes:
            plain = owner.lstrip("[").removeprefix("L").removesuffix(";")
            if plain.startswith(SYSTEM) and plain not in known:
                yield plain


def has(known: dict[str, ClassFile], owner: str, member: tuple[str, str]) -> bool:
    """Whether the class or one above it declares the member. Array methods are Object's."""
    class_ = known.get(owner)
    if class_ is None:
        return not owner.startswith(SYSTEM)
    return member in class_.members or any(has(known, super_, member) for super_ in class_.supers)


def main(floor: str, reviewed: str, folders: list[str]) -> int:
    label = Path(floor).stem
    ours = {name: class_ for folder in folders for name, class_ in classes_in(Path(folder)).items()}
    found = {f"{label} {line}" for line in missing(ours, classes_in(Path(floor)))}
    lines = [line.split("#")[0].strip() for line in Path(reviewed).read_text(encoding="utf-8").splitlines()]
    allowed = {line for line in lines if line.startswith(f"{label} ")}
    unreviewed = {call for call in found if not any(fits(line, call) for line in allowed)}
    unused = {line for line in allowed if not any(fits(line, call) for call in found)}
    for line in sorted(unreviewed):
        sys.stdout.write(f"newer than {label}, and not reviewed: {line}\n")
    for line in sorted(unused):
        sys.stdout.write(f"reviewed, but called nowhere: {line}\n")
    sys.stdout.write(f"{len(found)} calls newer than {label}, {len(unreviewed)} of them not reviewed\n")
    return 1 if unreviewed or unused else 0


def fits(line: str, call: str) -> bool:
    return call.startswith(line[:-1]) if line.endswith("*") else call == line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
