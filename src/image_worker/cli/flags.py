"""Flags of the command line, made from the JSON Schema of a job."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker import strict_json
from image_worker.cli import files
from image_worker.component.schema import MENTION, WRITERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from click.shell_completion import CompletionItem

Json = dict[str, Any]

_LONGEST_CHOICE = 34
_FEW = 2
_WORDS = {"integer": "INTEGER", "number": "NUMBER", "string": "TEXT", "array": "LIST"}


@dataclass(frozen=True)
class Flag:
    """One flag, for a value at `path` in the JSON.

    The value may belong to several alternatives, such as the formats that have a quality; then
    there is one schema for each.
    """

    path: tuple[str, ...]
    schemas: dict[str, Json]
    defs: Json
    of: int = 1
    """How many alternatives there are, whether or not they have this value."""

    @property
    def name(self) -> str:
        """What is typed: `--max-bytes`."""
        return "--" + "-".join(self.path).replace("_", "-")

    @property
    def key(self) -> str:
        """The name that click gives the value."""
        return "flag_" + "_".join(self.path)

    @property
    def parts(self) -> list[Json]:
        """Everything that the value may be, without null."""
        return [part for one in self.schemas.values() for part in alternatives(one, self.defs)]

    @property
    def kinds(self) -> set[str]:
        """The JSON types that the value may have."""
        return {part.get("type", "string") for part in self.parts}

    @property
    def choices(self) -> list[str]:
        """The values, where only some are possible."""
        named = [_named(part) for part in self.parts]
        return sorted({word for words in named for word in words}) if all(named) else []

    @property
    def is_picture(self) -> bool:
        """Whether the value is another picture, such as a mask."""
        inline = [part.get("properties", {}).get("base64", {}) for part in self.parts]
        return any(one.get("type") == "string" for one in inline)

    @property
    def is_switch(self) -> bool:
        """Whether the value is true or false and nothing else."""
        return not any(map(mentions, self.schemas.values())) and self.kinds == {"boolean"}

    def option(self) -> click.Option:
        """Return the flag as click wants it."""
        if self.is_switch:
            return _Option(self, [self.key, f"{self.name}/--no-{self.name[2:]}"], default=None)
        return _Option(self, [self.key, self.name], type=self.read)

    def read(self, text: str) -> Any:
        """Return the value as it stands in a job: JSON where it is JSON, else text.

        Whether the value fits, the job decides.
        """
        kinds = self.kinds
        if kinds == {"string"}:
            return text
        if self.is_picture and not (files.is_remote(text) or text.startswith("{")):
            return files.picture(files.read(text))
        value = strict_json.value(text)
        listed = "array" in kinds and "string" not in kinds and text[:1] not in {"[", "{"}
        if isinstance(value, str) and listed:
            return [part.strip() for part in text.split(",")]
        return value

    def metavar(self) -> str:
        """Return what stands behind the flag in the help."""
        words = "|".join(self.choices)
        if words and len(words) <= _LONGEST_CHOICE:
            return f"[{words}]"
        return "|".join(dict.fromkeys(_WORDS.get(kind, "JSON") for kind in sorted(self.kinds)))

    def help(self) -> str:
        """Return the description, who has it, the range and the default."""
        text = self._text()
        parts = (text, self._choices(), self._owners(), self._range(), self._default(text))
        return " ".join(part for part in parts if part)

    def _text(self) -> str:
        """Return what the source says of it; where many say it differently, what most say."""
        counted = Counter(
            " ".join(one.get("description", "").split()) for one in self.schemas.values()
        )
        texts = [text for text, _ in counted.most_common() if text]
        apart = [text for text in texts if not any(text in one for one in texts if one != text)]
        if len(apart) > _FEW:
            return f"{texts[0]} (So {', '.join(self._saying(texts[0]))}; others differ.)"
        return " ".join(apart) or "Which one to take."

    def _saying(self, text: str) -> list[str]:
        return [
            owner
            for owner, one in self.schemas.items()
            if " ".join(one.get("description", "").split()) == text
        ]

    def _choices(self) -> str:
        shown = self.metavar().startswith("[")
        return "" if shown or not self.choices else f"One of {', '.join(self.choices)}."

    def _owners(self) -> str:
        return f"({', '.join(self.schemas)})" if len(self.schemas) < self.of else ""

    def _range(self) -> str:
        ranges = dict.fromkeys(
            f"[{part.get('minimum', '')}..{part.get('maximum', '')}]"
            for part in self.parts
            if "minimum" in part or "maximum" in part
        )
        return next(iter(ranges)) if len(ranges) == 1 else ""

    def _default(self, text: str) -> str:
        defaults = {
            owner: schema["default"] if isinstance(schema["default"], str) else _json(schema)
            for owner, schema in self.schemas.items()
            if schema.get("default") not in (None, [], {})
        }
        if not defaults or "Default:" in text:
            return ""
        if len(set(defaults.values())) == 1:
            return f"Default: {next(iter(defaults.values()))}."
        return f"Default: {', '.join(f'{owner} {one}' for owner, one in defaults.items())}."


class _Option(click.RichOption):
    """Words its help when it is asked for; most of the time nobody does."""

    def __init__(self, flag: Flag, names: list[str], **kept: Any) -> None:
        super().__init__(names, **kept)
        self._flag = flag

    def __getattribute__(self, name: str) -> Any:
        """Return the attribute; its texts come from the flag."""
        if name == "help":
            return self._flag.help() if "_flag" in vars(self) else None
        if name == "metavar" and "_flag" in vars(self) and not self.is_flag:
            return self._flag.metavar()
        return super().__getattribute__(name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the values, where only some are possible."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only shells ask

        words = [word for word in self._flag.choices if word.lower().startswith(incomplete.lower())]
        return [CompletionItem(word) for word in words] or super().shell_complete(ctx, incomplete)


def flags(alternatives: Mapping[str, Json], defs: Json) -> list[Flag]:
    """Return a flag for each property that any of the alternatives has."""
    owners: dict[tuple[str, ...], dict[str, Json]] = {}
    for owner, schema in alternatives.items():
        for path, value in _properties(schema, defs):
            owners.setdefault(path, {})[owner] = value
    return [Flag(path, schemas, defs, len(alternatives)) for path, schemas in owners.items()]


def collect(known: Iterable[Flag], values: Mapping[str, Any]) -> Json:
    """Return the JSON that the flags describe; those that were not given are left out."""
    whole: Json = {}
    for flag in known:
        value = values[flag.key]
        if value is None:
            continue
        place = whole
        for step in flag.path[:-1]:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise click.UsageError(f"--{step.replace('_', '-')} cannot go with {flag.name}")
        place[flag.path[-1]] = value
    return whole


def named_at(known: Iterable[Flag], steps: tuple[str, ...]) -> str:
    """Return the flag that the value at these steps came from, or nothing."""
    fitting = [flag for flag in known if steps[: len(flag.path)] == flag.path]
    return max(fitting, key=lambda flag: len(flag.path)).name if fitting else ""


class Definitions(dict[str, Json]):
    """The parts of a schema by name; whole families are only written when they are looked up."""

    def __missing__(self, name: str) -> Json:
        """Write the schema of a family; those that it mentions wait for their turn."""
        written = WRITERS[name]()
        self.add(written)
        self[name] = written
        return written

    def add(self, schema: Json) -> None:
        """Take in what the schema defines, at every depth."""
        for value in schema.values():
            parts = value if isinstance(value, list) else [value]
            for part in parts:
                if isinstance(part, dict):
                    self.add(part)
        self.update(schema.get("$defs", {}))


def mentions(schema: Json) -> bool:
    """Tell whether the value may be one of a family, such as any source."""
    several = schema.get("anyOf") or schema.get("oneOf") or ()
    return MENTION in schema or any(mentions(part) for part in several)


def alternatives(schema: Json, defs: Json) -> list[Json]:
    """Return the schemas of everything that the value may be, without null."""
    if MENTION in schema:
        return alternatives(defs[schema[MENTION]], defs)
    if "$ref" in schema:
        return alternatives(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return [one for part in several for one in alternatives(part, defs)]
    return [] if schema.get("type") == "null" else [schema]


def _properties(schema: Json, defs: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    for name, value in schema.get("properties", {}).items():
        yield (name,), value
        if mentions(value):
            continue
        objects = [part for part in alternatives(value, defs) if "properties" in part]
        if len(objects) == 1:
            for inner, nested in objects[0]["properties"].items():
                yield (name, inner), nested


def _named(part: Json) -> list[str]:
    return [str(word) for word in ([part["const"]] if "const" in part else part.get("enum", []))]


def _json(schema: Json) -> str:
    return json.dumps(schema["default"])
