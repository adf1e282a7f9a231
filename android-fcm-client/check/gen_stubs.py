"""Makes an android.jar for compilers from signature files: gen_stubs.py OUT.jar FILE... (`?FILE`: only new classes).

Every body throws. A class of a later file is merged into the earlier one; its new members are added.
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from class_file import ClassWriter, Emitted, Inner
from erasure import PRIMITIVES, Names, Scope
from signatures import Declared, Member, Type, TypeParameter, read_signatures

FLAGS = {"public": 1, "private": 2, "protected": 4, "static": 8, "final": 16, "abstract": 0x400, "transient": 0x80,
         "volatile": 0x40}  # fmt: skip
CLASS_FLAGS = {"class": 0x20, "interface": 0x600, "enum": 0x4020, "@interface": 0x2600}
NULLNESS = {"NonNull": "android/annotation/NonNull", "Nullable": "android/annotation/Nullable"}
WIDE = frozenset({"J", "D"})


def read_all(files: Iterable[str]) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for name in files:
        before = set(found)
        for declared in list(read_signatures(Path(name.removeprefix("?")))):
            known = found.get(declared.name)
            if known is None:
                found[declared.name] = declared
            elif not (name.startswith("?") and declared.name in before):
                known.members += declared.members
    for annotation in NULLNESS.values():
        dotted = annotation.replace("/", ".")
        package = dotted.rsplit(".", 1)[0]
        found.setdefault(dotted, Declared(package, dotted, "@interface", frozenset({"public"})))
    return found


class Stub:
    """One class on its way from signature to class file."""

    def __init__(self, declared: Declared, classes: dict[str, Declared], names: Names) -> None:
        self._class = declared
        self._classes = classes
        self._names = names
        self.binary = names.binary(declared.name)
        self._scope = self._class_scope()
        self._is_interface = declared.kind in ("interface", "@interface")
        supers = list(declared.extends)
        self._interfaces = [*supers, *declared.implements] if self._is_interface else list(declared.implements)
        if declared.kind == "@interface":
            self._interfaces = [Type((("java.lang.annotation.Annotation", ()),))]
        self._super = self._super_of(supers)

    def _class_scope(self) -> Scope:
        """Type variables of the class and, unless it is static, of those around it."""
        parameters: list[TypeParameter] = []
        declared: Declared | None = self._class
        while declared is not None:
            parameters += declared.type_parameters
            outer = declared.name.rsplit(".", 1)[0]
            declared = None if "static" in declared.modifiers else self._classes.get(outer)
        return Scope(self._names, {parameter.name: parameter for parameter in reversed(parameters)})

    def _super_of(self, supers: list[Type]) -> Type | None:
        if self._class.name == "java.lang.Object":
            return None
        if self._class.kind == "enum":
            return Type((("java.lang.Enum", (Type(((self._class.name, ()),)),)),))
        if self._is_interface or not supers:
            return Type((("java.lang.Object", ()),))
        return supers[0]

    def write(self) -> bytes:
        modifiers = self._class.modifiers
        flags = CLASS_FLAGS[self._class.kind] | sum(FLAGS.get(m, 0) for m in modifiers - {"static", "protected"})
        flags |= 1 if "protected" in modifiers else 0
        scope = self._scope
        super_ = scope.erased(self._super) if self._super else None
        writer = ClassWriter(self.binary, flags, super_, [scope.erased(i) for i in self._interfaces])
        generic = scope.class_signature(self._class.type_parameters, self._super, self._interfaces)
        if generic is not None:
            writer.add_signature(generic)
        self._add_members(writer)
        writer.add_inner_classes(self._inner(writer))
        return writer.dump()

    def _add_members(self, writer: ClassWriter) -> None:
        seen: set[tuple[str, str]] = set()
        for member in [*self._class.members, *self._implied()]:
            emitted = self._emit(member)
            key = (emitted.name, emitted.descriptor)
            if key in seen:
                continue
            seen.add(key)
            if member.kind in ("field", "enum_constant"):
                writer.add_field(emitted)
            else:
                writer.add_method(emitted)
        has_constructor = any(member.kind == "ctor" for member in self._class.members)
        if self._class.kind == "class" and not has_constructor:
            writer.add_method(Emitted(2, "<init>", "(Ljava/lang/Void;)V", locals=2))

    def _implied(self) -> list[Member]:
        if self._class.kind != "enum":
            return []
        own, text = Type(((self._class.name, ()),)), Type((("String", ()),))
        static = frozenset({"public", "static"})
        return [
            Member("method", "values", static, Type(own.segments, 1)),
            Member("method", "valueOf", static, own, (text,), parameter_nullness=(None,)),
        ]

    def _emit(self, member: Member) -> Emitted:
        scope = self._scope.within(member.type_parameters)
        flags = sum(FLAGS.get(modifier, 0) for modifier in member.modifiers)
        if member.kind in ("field", "enum_constant"):
            return self._emit_field(member, scope, flags)
        outer = self._outer_argument(member)
        parameters = [*outer, *(scope.descriptor(p) for p in member.parameters)]
        descriptor = f"({''.join(parameters)}){scope.descriptor(member.type)}"
        if self._is_interface:
            flags |= 1 if {"default", "static"} & member.modifiers else 1 | 0x400
        emitted = Emitted(
            flags | (0x80 if member.is_varargs else 0),
            "<init>" if member.kind == "ctor" else member.name,
            descriptor,
            None if outer else scope.method_signature(member),
            throws=[scope.erased(thrown) for thrown in member.throws],
            nullness=NULLNESS.get(member.nullness or ""),
            parameter_nullness=[NULLNESS.get(name or "") for name in member.parameter_nullness],
        )
        if not flags & 0x400:
            emitted.locals = (0 if flags & 8 else 1) + sum(2 if p in WIDE else 1 for p in parameters)
        return emitted

    def _outer_argument(self, member: Member) -> list[str]:
        """A constructor of an inner class gets its outer instance first."""
        outer = self._class.name.rsplit(".", 1)[0]
        if member.kind != "ctor" or "static" in self._class.modifiers or outer not in self._classes:
            return []
        return [f"L{self._names.binary(outer)};"]

    def _emit_field(self, member: Member, scope: Scope, flags: int) -> Emitted:
        if self._is_interface:
            flags |= 1 | 8 | 16
        if member.kind == "enum_constant":
            flags |= 0x4000 | 8 | 16
        descriptor = scope.descriptor(member.type)
        value = constant(descriptor, member.value) if member.value and flags & 8 else None
        return Emitted(
            flags, member.name, descriptor, scope.field_signature(member.type), value,
            nullness=NULLNESS.get(member.nullness or ""),
        )  # fmt: skip

    def _inner(self, writer: ClassWriter) -> list[Inner]:
        """Every nested class that is this one, in it, or mentioned by it, and those around each."""
        wanted = {self.binary} | set(self._names.nested_in(self.binary)) | set(writer.pool.classes)
        for descriptor in writer.pool.descriptors:
            wanted |= set(re.findall(r"L([^;<]+)[;<]", descriptor))
        entries: dict[str, Inner] = {}
        for name in wanted:
            while "$" in name and name in self._names.by_binary:
                declared = self._classes[self._names.by_binary[name]]
                outer, simple = name.rsplit("$", 1)
                entries.setdefault(name, Inner(name, outer, simple, inner_flags(declared)))
                name = outer
        return sorted(entries.values(), key=lambda entry: entry.name)


def inner_flags(declared: Declared) -> int:
    own = {"class": 0, "interface": 0x608, "enum": 0x4008, "@interface": 0x2608}[declared.kind]
    return own | sum(FLAGS.get(modifier, 0) for modifier in declared.modifiers)


def constant(descriptor: str, value: str) -> object:
    """`value` as in the file; None for what is no constant of the class file."""
    if descriptor == "Ljava/lang/String;":
        return str(ast.literal_eval(value)) if value.startswith('"') else None
    if descriptor not in PRIMITIVES.values() or value == "null":
        return None
    if descriptor == "Z":
        return int(value == "true")
    if descriptor in ("F", "D"):
        numbers = [float(number.rstrip("fFdD")) for number in value.strip("()").split("/")]
        if len(numbers) == 1:
            return numbers[0]
        return float("nan") if numbers[0] == 0 else float("inf") * numbers[0]
    return int(value.rstrip("L"), 0)


def main(out: str, files: list[str]) -> None:
    classes = read_all(files)
    names = Names(classes)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as jar:
        for declared in classes.values():
            stub = Stub(declared, classes, names)
            jar.writestr(f"{stub.binary}.class", stub.write())
    sys.stdout.write(f"{out}: {len(classes)} classes\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
