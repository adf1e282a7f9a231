"""Names, descriptors and generic signatures as class files spell them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from signatures import Member, Type, TypeParameter

PRIMITIVES = {
    "void": "V", "boolean": "Z", "byte": "B", "char": "C", "short": "S", "int": "I", "long": "J", "float": "F",
    "double": "D",
}  # fmt: skip


class Names:
    """Dotted source names <-> binary names (android/Manifest$permission)."""

    def __init__(self, classes: Iterable[str]) -> None:
        known = set(classes)
        self._known = known
        self.by_binary: dict[str, str] = {}
        self._nested: dict[str, list[str]] = {}
        for dotted in known:
            binary = self.binary(dotted)
            self.by_binary[binary] = dotted
            if "$" in binary:
                self._nested.setdefault(binary.rsplit("$", 1)[0], []).append(binary)

    def nested_in(self, binary: str) -> list[str]:
        return self._nested.get(binary, [])

    def binary(self, dotted: str) -> str:
        if dotted[:1].isupper() and dotted not in self._known:
            dotted = f"java.lang.{dotted}"
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            is_class = ".".join(parts[:end]) in self._known
            if is_class or (parts[end - 1][:1].isupper() and dotted not in self._known):
                return "/".join(parts[:end]) + "".join(f"${part}" for part in parts[end:])
        return "/".join(parts)


class Scope:
    """Where type variables have a meaning."""

    def __init__(self, names: Names, variables: Mapping[str, TypeParameter]) -> None:
        self._names = names
        self._variables = dict(variables)

    def within(self, parameters: tuple[TypeParameter, ...]) -> Scope:
        """A method's own type variables hide those of its class."""
        if not parameters:
            return self
        return Scope(self._names, {**self._variables, **{parameter.name: parameter for parameter in parameters}})

    def _is_variable(self, type_: Type) -> bool:
        return len(type_.segments) == 1 and type_.name in self._variables

    def erased(self, type_: Type) -> str:
        """Binary name of the class that remains, dimensions left aside."""
        if self._is_variable(type_):
            bounds = self._variables[type_.name].bounds
            return self.erased(bounds[0]) if bounds else "java/lang/Object"
        return self._names.binary(type_.name)

    def descriptor(self, type_: Type) -> str:
        primitive = PRIMITIVES.get(type_.name)
        return "[" * type_.dims + (primitive or f"L{self.erased(type_)};")

    def _signature(self, type_: Type) -> str:
        if type_.wildcard == "*":
            return "*"
        dims = type_.wildcard + "[" * type_.dims
        if type_.name in PRIMITIVES:
            return dims + PRIMITIVES[type_.name]
        if self._is_variable(type_):
            return f"{dims}T{type_.name};"
        first, *rest = type_.segments
        text = f"L{self._names.binary(first[0])}{self._arguments(first[1])}"
        for name, arguments in rest:
            text += f".{name}{self._arguments(arguments)}"
        return f"{dims}{text};"

    def _arguments(self, arguments: tuple[Type, ...]) -> str:
        return f"<{''.join(self._signature(argument) for argument in arguments)}>" if arguments else ""

    def _is_generic(self, type_: Type) -> bool:
        return self._is_variable(type_) or any(arguments for _, arguments in type_.segments)

    def field_signature(self, type_: Type) -> str | None:
        return self._signature(type_) if self._is_generic(type_) else None

    def method_signature(self, member: Member) -> str | None:
        types = (*member.parameters, member.type, *member.throws)
        if not member.type_parameters and not any(self._is_generic(type_) for type_ in types):
            return None
        parameters = "".join(self._signature(parameter) for parameter in member.parameters)
        throws = ""
        if any(self._is_variable(thrown) for thrown in member.throws):
            throws = "".join(f"^{self._signature(thrown)}" for thrown in member.throws)
        return f"{self._declared(member.type_parameters)}({parameters}){self._signature(member.type)}{throws}"

    def class_signature(
        self, parameters: tuple[TypeParameter, ...], super_: Type | None, interfaces: list[Type]
    ) -> str | None:
        supers = [super_, *interfaces] if super_ else interfaces
        if not parameters and not any(self._is_generic(type_) for type_ in supers):
            return None
        return self._declared(parameters) + "".join(self._signature(type_) for type_ in supers)

    def _declared(self, parameters: tuple[TypeParameter, ...]) -> str:
        """A bound that is an interface would need a second colon; which one it is does not matter to a compiler that
        only calls, except for Object, which is then left out."""
        if not parameters:
            return ""
        return f"<{''.join(self._one(parameter) for parameter in parameters)}>"

    def _one(self, parameter: TypeParameter) -> str:
        bounds = parameter.bounds or (Type((("java.lang.Object", ()),)),)
        return parameter.name + "".join(f":{self._signature(bound)}" for bound in bounds)
