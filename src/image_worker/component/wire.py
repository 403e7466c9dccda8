"""How components stand in JSON: by type, by name, by format or by the key that they use.

Each class here marks a field. For the type checker the field is simply the component; at run time
it reads the JSON form, and it writes the JSON Schema of all kinds that are known at that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import core_schema

from image_worker.component.explain import refuse, retell, suggestion
from image_worker.component.family import Family
from image_worker.component.schema import MENTION, WRITERS, Json

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo

    from image_worker.component.model import Component

_MOST_KEYS = 5
"""Keys that are repeated in a message; the rest would only make it long."""


class _Wire:
    """Reads and writes one family in one form."""

    def __init__(self, base: type[Component] | str) -> None:
        self._base = base
        self._word = base if isinstance(base, str) else base.family.word
        if not isinstance(base, str):
            WRITERS[self._word] = self.schema

    @property
    def family(self) -> Family:
        """The family, found by its word where its head is defined in a layer above."""
        return Family.by_word[self._base] if isinstance(self._base, str) else self._base.family

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._serialize, info_arg=True
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> Json:
        return {MENTION: self._word}

    def _validate(self, value: object) -> Component:
        if isinstance(value, self.family.head):
            made: Component = value
            return made
        return self.read(value)

    def _serialize(self, component: Component, info: SerializationInfo) -> Any:
        return self.write(component, info.context)

    def read(self, value: object) -> Component:
        """Return the component that the JSON describes."""
        raise NotImplementedError

    def write(self, component: Component, context: Any = None) -> Any:
        """Return the JSON that describes the component."""
        raise NotImplementedError

    def schema(self) -> Json:
        """Return the JSON Schema of every kind."""
        raise NotImplementedError


class ByType(_Wire):
    """`{"type": "resize", "params": {...}}`, or short `{"resize": {...}}`."""

    def read(self, value: object) -> Component:
        """Read either form; what stands beside the type goes to the component too."""
        fields = self._long(_object(value))
        kind: type[Component] = self.family.find(fields.pop("type"), "type")
        parameters = fields.pop("params")
        if not isinstance(parameters, dict):
            raise refuse("expected an object, got {got}", parameters, "params")
        for key in fields:
            if key not in kind.beside:
                known = ["type", "params", *sorted(kind.beside)]
                hint = suggestion(key, [*known, *kind.model_fields])
                hint = hint or f"known are {', '.join(known)}"
                raise refuse(f'"{key}" is not a known key; {hint}', key, key)
        for key in parameters:
            if key in kind.beside:
                raise refuse(f'stands beside "type", not in "params": {key}', key, "params", key)
        try:
            return kind.read({**parameters, **fields})
        except ValidationError as error:
            raise self._placed(error, kind) from None

    def write(self, component: Component, context: Any = None) -> Any:
        """Write the long form."""
        parameters = component.write(context)
        beside = {key: parameters.pop(key) for key in component.beside if key in parameters}
        return {"type": component.tag, "params": parameters, **beside}

    def schema(self) -> Json:
        """Return one alternative a kind, told apart by `type`."""
        return {"oneOf": [step_schema(kind) for kind in self.family]}

    def _long(self, value: Json) -> Json:
        if "type" in value:
            return {"params": {}, **value}
        keys = [key for key in value if key in self.family or self.family.promised(key)]
        if len(keys) == 1:
            rest = {key: part for key, part in value.items() if key != keys[0]}
            return {"type": keys[0], "params": value[keys[0]], **rest}
        word = self.family.word
        came = ", ".join(f'"{key}"' for key in list(value)[:_MOST_KEYS]) or "nothing"
        known = self.family.suggestion(value) or f"known are {', '.join(self.family.names)}"
        raise refuse(
            f'expected "type" with the name of a known {word}, got an object with {came}; {known}',
            value,
            "type",
        )

    @staticmethod
    def _placed(error: ValidationError, kind: type[Component]) -> ValidationError:
        first = next(iter(error.errors(include_url=False)))["loc"]
        beside = bool(first) and first[0] in kind.beside
        return retell(error, kind) if beside else retell(error, kind, "params")


class _Flat(_Wire):
    """`{TAG: name, ...parameters}`."""

    tag = ""
    default: str | None = None

    def read(self, value: object) -> Component:
        """Read the object whose tag names the kind."""
        fields = dict(_object(value))
        kind: type[Component] = self.family.find(fields.pop(self.tag, self.default), self.tag)
        try:
            return kind.model_validate(fields)
        except ValidationError as error:
            raise retell(error, kind) from None

    def write(self, component: Component, context: Any = None) -> Any:
        """Write the name beside the parameters."""
        return {self.tag: component.name, **component.write(context)}

    def schema(self) -> Json:
        """Return one alternative a kind, told apart by the tag."""
        return {"oneOf": [_tagged(kind, self.tag, self.default) for kind in self.family]}


class ByName(_Flat):
    """`{"name": "blur", "sigma": 3}`."""

    tag = "name"


class ByFormat(_Flat):
    """`{"format": "WEBP", "quality": 80}`; JPEG where no format is said."""

    tag = "format"
    default = "JPEG"


class ByKey(_Wire):
    """`{"url": "https://..."}`: the kind is told by the one key that only it has."""

    def read(self, value: object) -> Component:
        """Read the object that has exactly one of the keys."""
        fields = _object(value)
        keys = [kind.name for kind in self.family if kind.name in fields]
        if len(keys) != 1:
            names = ", ".join(self.family.names)
            came = " and ".join(keys) if keys else ", ".join(map(str, fields)) or "none of them"
            raise refuse(f"expected exactly one of {names}, got {came}", value)
        return self.make(self.family.find(keys[0], keys[0]), fields)

    @staticmethod
    def make(kind: type[Component], fields: Json) -> Component:
        """Return a component of that kind."""
        try:
            return kind.model_validate(fields)
        except ValidationError as error:
            raise retell(error, kind) from None

    def write(self, component: Component, context: Any = None) -> Any:
        """Write the fields; one of them is the key."""
        return component.write(context)

    def schema(self) -> Json:
        """Return one alternative a kind."""
        return {"oneOf": [kind.raw_schema() for kind in self.family]}


def _object(value: object) -> Json:
    if isinstance(value, dict):
        return value
    raise refuse("expected an object, got {got}", value)


def _tagged(kind: type[Component], tag: str, default: str | None) -> Json:
    schema = kind.raw_schema()
    properties = {tag: {"const": kind.name}, **schema.get("properties", {})}
    required = schema.get("required", []) if default else [tag, *schema.get("required", ())]
    return {**schema, "title": kind.name, "properties": properties, "required": required}


def step_schema(kind: type[Component]) -> Json:
    """Return how one kind stands in a list of steps; families in it are only mentioned."""
    whole = kind.raw_schema()
    inner = _without(kind.parameters_schema(), kind.beside)
    beside = {key: whole["properties"][key] for key in sorted(kind.beside)}
    return {
        "title": kind.name,
        "description": whole.get("description", ""),
        "type": "object",
        "properties": {"type": {"const": kind.name}, "params": inner, **beside},
        "required": ["type", "params"] if "required" in inner or "oneOf" in inner else ["type"],
        "additionalProperties": False,
        "$defs": whole.get("$defs", {}),
    }


def _without(schema: Json, keys: frozenset[str]) -> Json:
    """Return the schema of an object, or of alternatives, with some properties left out."""
    if "oneOf" in schema:
        return {**schema, "oneOf": [_without(part, keys) for part in schema["oneOf"]]}
    kept = {key: part for key, part in schema.get("properties", {}).items() if key not in keys}
    return {**schema, "properties": kept}
