"""What a class file declares and what it refers to."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

FIXED = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Bytes of a constant pool entry by tag; tag 1 (text) has its length in front."""
MEMBER_TAGS = (9, 10, 11)


@dataclass(slots=True)
class ClassFile:
    """`members`: (name, descriptor) declared here. `references`: (class, name, descriptor) used here."""

    name: str
    supers: list[str] = field(default_factory=list)
    members: set[tuple[str, str]] = field(default_factory=set)
    references: set[tuple[str, str, str]] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)


class Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 8
        self._pool = self._read_pool()

    def _number(self, format_: str) -> int:
        (value,) = struct.unpack_from(f">{format_}", self._data, self._at)
        self._at += struct.calcsize(format_)
        return int(value)

    def _read_pool(self) -> list[tuple[int, bytes]]:
        pool: list[tuple[int, bytes]] = [(0, b"")]
        count = self._number("H")
        while len(pool) < count:
            tag = self._number("B")
            size = self._number("H") if tag == 1 else FIXED[tag]
            pool.append((tag, self._data[self._at : self._at + size]))
            self._at += size
            if tag in (5, 6):
                pool.append((0, b""))
        return pool

    def _text(self, index: int) -> str:
        return self._pool[index][1].decode("utf-8", "replace")

    def _class(self, index: int) -> str:
        return self._text(int.from_bytes(self._pool[index][1], "big"))

    def read(self) -> ClassFile:
        self._number("H")
        found = ClassFile(self._class(self._number("H")))
        super_ = self._number("H")
        interfaces = [self._number("H") for _ in range(self._number("H"))]
        found.supers = [self._class(index) for index in ([super_] if super_ else []) + interfaces]
        for _ in range(2):
            for _ in range(self._number("H")):
                self._read_member(found)
        self._read_references(found)
        return found

    def _read_member(self, found: ClassFile) -> None:
        self._number("H")
        found.members.add((self._text(self._number("H")), self._text(self._number("H"))))
        for _ in range(self._number("H")):
            self._number("H")
            length = self._number("I")
            self._at += length

    def _read_references(self, found: ClassFile) -> None:
        for tag, entry in self._pool:
            if tag == 7:
                found.classes.add(self._text(int.from_bytes(entry, "big")))
            if tag in MEMBER_TAGS:
                owner, name_and_type = struct.unpack(">HH", entry)
                name, descriptor = struct.unpack(">HH", self._pool[name_and_type][1])
                found.references.add((self._class(owner), self._text(name), self._text(descriptor)))
