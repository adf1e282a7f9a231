"""Writes Java class files (version 52): enough for a compiler to read, every body throws."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field


class Pool:
    """The constant pool. Entries of long and double take two places."""

    def __init__(self) -> None:
        self._entries: list[bytes] = []
        self._known: dict[bytes, int] = {}
        self._size = 1
        self.classes: set[str] = set()
        self.descriptors: set[str] = set()

    def _add(self, entry: bytes, places: int = 1) -> int:
        if entry not in self._known:
            self._known[entry] = self._size
            self._entries.append(entry)
            self._size += places
        return self._known[entry]

    def utf8(self, text: str) -> int:
        raw = text.encode("utf-8", "surrogatepass").replace(b"\x00", b"\xc0\x80")
        return self._add(b"\x01" + struct.pack(">H", len(raw)) + raw)

    def descriptor(self, text: str) -> int:
        self.descriptors.add(text)
        return self.utf8(text)

    def class_(self, name: str) -> int:
        self.classes.add(name)
        return self._add(b"\x07" + struct.pack(">H", self.utf8(name)))

    def constant(self, descriptor: str, value: object) -> int:
        if isinstance(value, str):
            return self._add(b"\x08" + struct.pack(">H", self.utf8(value)))
        if descriptor == "J":
            return self._add(b"\x05" + struct.pack(">q", value), 2)
        if descriptor == "D":
            return self._add(b"\x06" + struct.pack(">d", value), 2)
        if descriptor == "F":
            return self._add(b"\x04" + struct.pack(">f", value))
        return self._add(b"\x03" + struct.pack(">i", value))

    def dump(self) -> bytes:
        return struct.pack(">H", self._size) + b"".join(self._entries)


@dataclass(slots=True)
class Emitted:
    """A field (no `code`) or a method. `nullness`: class names of annotations, for the whole and per parameter."""

    flags: int
    name: str
    descriptor: str
    signature: str | None = None
    constant: object = None
    throws: list[str] = field(default_factory=list)
    locals: int | None = None
    nullness: str | None = None
    parameter_nullness: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inner:
    """One entry of the InnerClasses attribute."""

    name: str
    outer: str
    simple: str
    flags: int


class ClassWriter:
    def __init__(self, name: str, flags: int, super_: str | None, interfaces: list[str]) -> None:
        self.pool = Pool()
        self._head = (flags, self.pool.class_(name), self.pool.class_(super_) if super_ else 0)
        self._interfaces = [self.pool.class_(interface) for interface in interfaces]
        self._fields: list[bytes] = []
        self._methods: list[bytes] = []
        self._attributes: list[bytes] = []

    def add_field(self, found: Emitted) -> None:
        attributes = self._common(found)
        if found.constant is not None:
            index = self.pool.constant(found.descriptor, found.constant)
            attributes.append(self._attribute("ConstantValue", struct.pack(">H", index)))
        self._fields.append(self._member(found, attributes))

    def add_method(self, found: Emitted) -> None:
        attributes = self._common(found)
        if found.locals is not None:
            body = b"\x01\xbf"  # aconst_null, athrow
            code = struct.pack(">HHI", 1, found.locals, len(body)) + body + struct.pack(">HH", 0, 0)
            attributes.append(self._attribute("Code", code))
        if found.throws:
            classes = b"".join(struct.pack(">H", self.pool.class_(name)) for name in found.throws)
            attributes.append(self._attribute("Exceptions", struct.pack(">H", len(found.throws)) + classes))
        if any(found.parameter_nullness):
            lists = b"".join(self._annotations(name) for name in found.parameter_nullness)
            count = struct.pack(">B", len(found.parameter_nullness))
            attributes.append(self._attribute("RuntimeInvisibleParameterAnnotations", count + lists))
        self._methods.append(self._member(found, attributes))

    def _common(self, found: Emitted) -> list[bytes]:
        attributes = []
        if found.signature is not None:
            attributes.append(self._attribute("Signature", struct.pack(">H", self.pool.utf8(found.signature))))
        if found.nullness is not None:
            attributes.append(self._attribute("RuntimeInvisibleAnnotations", self._annotations(found.nullness)))
        return attributes

    def _annotations(self, name: str | None) -> bytes:
        if name is None:
            return struct.pack(">H", 0)
        return struct.pack(">HHH", 1, self.pool.utf8(f"L{name};"), 0)

    def _member(self, found: Emitted, attributes: list[bytes]) -> bytes:
        head = struct.pack(">HHH", found.flags, self.pool.utf8(found.name), self.pool.descriptor(found.descriptor))
        return head + struct.pack(">H", len(attributes)) + b"".join(attributes)

    def _attribute(self, name: str, content: bytes) -> bytes:
        return struct.pack(">HI", self.pool.utf8(name), len(content)) + content

    def add_signature(self, signature: str) -> None:
        self._attributes.append(self._attribute("Signature", struct.pack(">H", self.pool.utf8(signature))))

    def add_inner_classes(self, inner: list[Inner]) -> None:
        if not inner:
            return
        entries = b"".join(
            struct.pack(
                ">HHHH",
                self.pool.class_(entry.name),
                self.pool.class_(entry.outer),
                self.pool.utf8(entry.simple),
                entry.flags,
            )
            for entry in inner
        )
        self._attributes.append(self._attribute("InnerClasses", struct.pack(">H", len(inner)) + entries))

    def dump(self) -> bytes:
        interfaces = b"".join(struct.pack(">H", index) for index in self._interfaces)
        body = struct.pack(">HHH", *self._head) + struct.pack(">H", len(self._interfaces)) + interfaces
        for group in (self._fields, self._methods, self._attributes):
            body += struct.pack(">H", len(group)) + b"".join(group)
        return struct.pack(">IHH", 0xCAFEBABE, 0, 52) + self.pool.dump() + body
