"""Looks through an SVG before librsvg does, which would draw for minutes what one line says.

Everything is counted as often as it is drawn: what a `use`, a pattern, a mask or a filter refers to
counts anew for each reference, and what a style sheet refers to counts for each element.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NoReturn
from xml.parsers import expat

from image_worker.errors import CorruptImageError, ImageTooLargeError, UnsupportedFormatError

if TYPE_CHECKING:
    from image_worker.limits import Limits

_DEEPEST = 64
"""Elements, or references, within each other."""
_PICTURES = {"image", "feImage"}
_PATH_BYTES = 20
"""Characters of a path that count as one element."""
_TEXT_CHARACTERS = 5
"""Letters that count as one element."""
_PRIMITIVES = {"feMorphology": 100, "feTurbulence": 20, "feGaussianBlur": 2, "feDropShadow": 4}
"""How many times as long as plain painting each takes; the other primitives take as long."""
_FUNCTION = 4
"""The same for a function in a `filter`, such as `drop-shadow(...)`."""
_LAYER = 0.1
"""The same for what is mixed as a whole; its surface is as large as the element."""
_LAYERED = {"opacity", "mask", "clip-path", "mix-blend-mode"}
_LAYERS = re.compile(rf"(?<![-\w])(?:{'|'.join(_LAYERED)})", re.IGNORECASE)
_REFERENCE = re.compile(r"""url\(\s*["']?#([^"')\s]+)""", re.IGNORECASE)


class _Work(NamedTuple):
    """What drawing something takes."""

    elements: float = 0
    passes: float = 0

    def plus(self, other: _Work, times: float = 1) -> _Work:
        return _Work(self.elements + other.elements * times, self.passes + other.passes * times)


@dataclass
class _Scope:
    """An element with an identifier, and all in it up to further ones."""

    elements: float = 0
    passes: float = 0
    inner: list[_Scope] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    whole: _Work | None = None


class _Survey:
    """Reads the elements of an SVG one by one."""

    def __init__(self) -> None:
        self.root = _Scope()
        self.elements = 0
        self._open = [self.root]
        self._known: dict[str, _Scope] = {}
        self._in_style = False
        self._style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element."""
        name = name.rpartition(":")[2]
        if name in _PICTURES:
            raise UnsupportedFormatError("expected an SVG without pictures in it, got one")
        if len(self._open) > _DEEPEST:
            _refuse_depth()
        self.elements += 1
        self._in_style = name == "style"
        scope = self._open[-1]
        if "id" in attributes:
            scope = _Scope()
            self._open[-1].inner.append(scope)
            self._known.setdefault(attributes["id"], scope)
        self._open.append(scope)
        scope.elements += 1
        scope.passes += _PRIMITIVES.get(name, 1) if name.startswith("fe") else 0
        for key, value in attributes.items():
            _take(scope, key, value)

    def end(self, _: str) -> None:
        """Leave an element."""
        self._open.pop()
        self._in_style = False

    def text(self, text: str) -> None:
        """Keep what a style sheet says, and count what is written."""
        if self._in_style:
            self._style += text
        else:
            self._open[-1].elements += len(text) / _TEXT_CHARACTERS

    def total(self) -> _Work:
        """Return all that is drawn."""
        sheet = _Scope()
        _take(sheet, "style", self._style)
        self._known = {**self._known, "": sheet}
        return self._whole(self.root, 0).plus(self._whole(sheet, 0), self.elements)

    def _whole(self, scope: _Scope, depth: int) -> _Work:
        """Return what drawing the scope takes, with all that it refers to."""
        if depth > _DEEPEST:
            _refuse_depth()
        if scope.whole is None:
            scope.whole = _Work()  # what refers to itself is not drawn by librsvg
            work = _Work(scope.elements, scope.passes)
            for inner in scope.inner:
                work = work.plus(self._whole(inner, depth + 1))
            for name in scope.references:
                if name in self._known:
                    work = work.plus(self._whole(self._known[name], depth + 1))
            scope.whole = work
        return scope.whole


def inspect(data: bytes, limits: Limits) -> int:
    """Refuse an SVG beyond the limits, and return how many times all pixels are painted."""
    if len(data) > limits.max_svg_bytes:
        raise ImageTooLargeError(
            f"expected an SVG of at most {limits.max_svg_bytes} bytes, got {len(data)}"
        )
    survey, parser = _Survey(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = survey.start, survey.end
    parser.CharacterDataHandler = survey.text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the signature is that of expat
    except (expat.ExpatError, LookupError, ValueError):
        raise CorruptImageError("the SVG file is not well-formed XML") from None
    work = survey.total()
    if work.elements > limits.max_svg_elements:
        raise ImageTooLargeError(
            f"expected an SVG that draws at most {limits.max_svg_elements} elements, references "
            f"followed, got about {work.elements:.2g}"
        )
    return 1 + int(work.passes)


def _take(scope: _Scope, key: str, value: str) -> None:
    """Count what an attribute, or a style sheet, draws by reference or over and over."""
    if "\\" in value and ":" not in key:
        raise UnsupportedFormatError("expected an SVG without escaped characters in its styles")
    if key in {"d", "points"}:
        scope.elements += len(value) / _PATH_BYTES
    if value.startswith("#") and key.rpartition(":")[2] == "href":
        scope.references.append(value[1:])
    if "(" in value:
        scope.references += _REFERENCE.findall(value)
        if "filter" in f"{key}:{value}".lower():
            scope.passes += value.count("(") * _FUNCTION
    if key in _LAYERED:
        scope.passes += _LAYER
    elif key == "style":
        scope.passes += len(_LAYERS.findall(value)) * _LAYER


def _refuse_entity(*_: object) -> NoReturn:
    raise UnsupportedFormatError("expected an SVG that declares no entities, got one that does")


def _refuse_depth() -> NoReturn:
    raise ImageTooLargeError(f"expected an SVG with at most {_DEEPEST} elements within each other")
