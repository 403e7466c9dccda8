"""What the source says of each field, read when somebody asks for it.

Pydantic can do this too, but for every class when it is defined, which takes most of the time that
the catalogue needs to load.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def field_texts(kind: type) -> dict[str, str]:
    """Return the text below each field of a class that has one, those of its bases included."""
    texts: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if "__annotations__" in vars(base):
            texts |= _own(base)
    return texts


@cache
def _own(kind: type) -> dict[str, str]:
    body: list[ast.stmt] = _source(kind.__module__).body
    for name in kind.__qualname__.split("."):
        if name != "<locals>":
            body = next((one.body for one in _blocks(body) if one.name == name), [])
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


@cache
def _source(module: str) -> ast.Module:
    try:
        return ast.parse(inspect.getsource(sys.modules[module]))
    except (OSError, KeyError, TypeError):  # made by a program, not written in a file
        return ast.Module(body=[], type_ignores=[])


def _blocks(body: list[ast.stmt]) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """Yield the classes and functions in it, the last of a name first and the deepest at the end.

    Nearly all stand right there, and looking through everything takes most of the time.
    """
    for blocks in (body, (one for part in body for one in ast.walk(part))):
        found = [one for one in blocks if isinstance(one, ast.ClassDef | ast.FunctionDef)]
        yield from reversed(found)
