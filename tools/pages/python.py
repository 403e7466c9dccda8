"""docs/python.md: the library, from the docstrings of what is public."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import re
import textwrap
from typing import TYPE_CHECKING, Any

import image_worker
from image_worker import endpoint
from image_worker.endpoint import EndpointError
from pages.schema import meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = """# Python

```sh
pip install worker-image
```

```python
from image_worker import process

result = process("photo.jpg", [{"resize": {"width": 800}}], {"format": "WEBP"})
result.save("small.webp")
```

Jobs say the same as in JSON; [operations.md](operations.md) has all that they can say. Everything
on this page is imported from `image_worker`, the errors of endpoints from
`image_worker.endpoint`. Everything has types, and an import costs little: what is heavy is loaded
when it is first used.

"""

SECTIONS = {
    "Here": ("process", "Result", "Job", "ImageWorkerError"),
    "Elsewhere": ("Endpoint", "AsyncEndpoint", "JobState", "Picture"),
}

ERRORS = """## Errors of endpoints

All are kinds of `EndpointError`, and so of `ImageWorkerError`. [errors.md](errors.md) has the
errors of jobs, which stand in `reason`.

| class | code | retry | what happened |
|---|---|---|---|
"""

_SECTION = re.compile(r"^(Args|Raises|Returns):$", re.MULTILINE)
_ITEM = re.compile(r"^    (\*{0,2}\w+): ", re.MULTILINE)
_TITLES = {"Args": "", "Raises": "Raises", "Returns": "Returns"}


def page() -> str:
    """Return the page."""
    told = {name for names in SECTIONS.values() for name in names}
    left = set(image_worker.__all__) - told - {"__version__", "EndpointError", "RemoteJobError"}
    if left:
        raise ValueError(f"docs/python.md does not tell of {', '.join(sorted(left))}")
    sections = (
        f"## {title}\n\n" + "".join(_entry(name) for name in names)
        for title, names in SECTIONS.items()
    )
    return HEAD + "".join(sections) + ERRORS + "\n".join(_errors()) + "\n"


def _entry(name: str) -> str:
    thing = getattr(image_worker, name)
    if inspect.isfunction(thing):
        return f"### `{name}`\n\n{_signature(name, thing)}{_text(thing)}"
    if dataclasses.is_dataclass(thing) or issubclass(thing, Exception) or name == "Job":
        head = ""
    else:
        head = _signature(name, thing.__init__)
    return f"### `{name}`\n\n{head}{_text(thing)}{''.join(_members(name, thing))}"


def _members(name: str, thing: type) -> Iterator[str]:
    if name == "AsyncEndpoint" or issubclass(thing, Exception):
        return
    values = [*_fields(thing), *_properties(thing)]
    if values:
        yield "".join(f"- `{key}`: {_line(text)}\n" for key, text in values) + "\n"
    for key, method in vars(thing).items():
        if inspect.isfunction(method) and not key.startswith("_") and method.__doc__:
            yield f"#### `{name}.{key}`\n\n{_signature(key, method)}{_text(method)}"


def _properties(thing: type) -> Iterator[tuple[str, str]]:
    for key, value in vars(thing).items():
        if isinstance(value, property) and not key.startswith("_"):
            yield key, value.__doc__ or ""


def _fields(thing: type) -> Iterator[tuple[str, str]]:
    """Yield each field of a dataclass or a model with the text below it."""
    if thing is image_worker.Job:
        parts = thing.model_json_schema()["properties"]
        yield from ((name, meaning(part)) for name, part in parts.items())
    if not dataclasses.is_dataclass(thing):
        return
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - the source of a class
    names = {field.name for field in dataclasses.fields(thing)}
    for line, below in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            text = below.value.value if _is_text(below) else ""  # type: ignore[union-attr]
            if line.target.id in names and text:
                yield line.target.id, str(text)


def _is_text(line: ast.stmt | None) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _signature(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    parts, star = [], False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        parts.append(_parameter(parameter))
    result = f" -> {signature.return_annotation}" if function.__name__ != "__init__" else ""
    line = f"{name}({', '.join(parts)}){result}"
    if len(line) > 88:  # noqa: PLR2004 - as wide as the code
        line = f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){result}"
    return f"```python\n{line}\n```\n\n"


def _parameter(parameter: inspect.Parameter) -> str:
    prefix = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{prefix}{parameter.name}: {parameter.annotation}{default}"


def _text(thing: Any) -> str:
    """Return a docstring as Markdown."""
    text = inspect.cleandoc(thing.__doc__ or "")
    parts = _SECTION.split(text)
    written = _paragraphs(parts[0])
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        items = _items(body)
        lead = f"{_TITLES[title]}:\n\n" if _TITLES[title] else ""
        written += f"{lead}{items}\n"
    return written


def _items(body: str) -> str:
    parts = _ITEM.split(body)[1:]
    return "".join(
        f"- `{name}`: {_line(text)}\n" for name, text in zip(parts[::2], parts[1::2], strict=True)
    )


def _paragraphs(text: str) -> str:
    """Return paragraphs, with those that are indented as code."""
    parts = re.split(r"\n\n", text.strip())
    grouped = itertools.groupby(parts, key=lambda part: part.startswith("    "))
    written = ("\n\n".join(group) if not code else _code(group) for code, group in grouped)
    return "\n\n".join(written) + "\n\n"


def _code(parts: Iterable[str]) -> str:
    code = textwrap.dedent("\n\n".join(parts))
    return f"```python\n{code}\n```"


def _line(text: str) -> str:
    return " ".join(inspect.cleandoc(text).split())


def _errors() -> Iterator[str]:
    kinds = (getattr(endpoint, name) for name in endpoint.__all__)
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, EndpointError):
            retry = "yes" if kind.retryable else "no"
            first = inspect.cleandoc(kind.__doc__ or "").splitlines()[0]
            yield f"| `{kind.__name__}` | `{kind.code}` | {retry} | {first} |"
