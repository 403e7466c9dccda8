"""The table of models: those that are built in or known, and those of the user."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from image_worker.component import explain, suggestion
from image_worker.errors import InvalidParameterError
from image_worker.vision.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    Table = Mapping[str, Spec]

_OWN = Path(__file__).parent / "models.toml"
VENDOR = Path(__file__).parent / "vendor"
"""Where the models are that come with the package."""

FREE = frozenset(
    {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "Unlicense"}
)
"""Licences that allow any use; the others are to be accepted by a person."""


@cache
def built_in() -> Table:
    """Return the models that the package lists."""
    return _specs(_entries(_OWN.read_text(encoding="utf-8"), _OWN), _OWN)


def read_table(path: Path | None) -> Table:
    """Return the package's models with those of a file laid over them.

    Raises an `InvalidParameterError` that names the model and its key, or an `OSError`.
    """
    if path is None:
        return built_in()
    entries = {name: spec.model_dump(exclude_unset=True) for name, spec in built_in().items()}
    for name, entry in _entries(path.read_text(encoding="utf-8"), path).items():
        entries[name] = {
            **entries.pop(name, {}),
            **entry,
        }  # the last of those that are usual counts
    return _specs(entries, path)


def _entries(text: str, path: Path) -> dict[str, dict[str, Any]]:
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidParameterError(f"{path.name} is no TOML: {error}") from None
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise InvalidParameterError(f"in {path.name}: expected only tables", path=name)
    return entries


def _specs(entries: Mapping[str, Any], path: Path) -> Table:
    made = {}
    for name, entry in entries.items():
        try:
            made[name] = Spec.model_validate(entry)
        except ValidationError as error:
            problem = explain(error, Spec)
            place = f"{name}.{problem.path}" if problem.path else name
            raise InvalidParameterError(f"in {path.name}: {problem.message}", path=place) from None
    return made


def find(table: Table, name: str, tasks: tuple[str, ...] = ()) -> Spec:
    """Return the model of that name, which must be for one of the tasks if some are said."""
    fitting = [known for known, spec in table.items() if spec.task in tasks or not tasks]
    if name not in fitting:
        hint = suggestion(name, fitting) or f"known are {', '.join(fitting) or 'none'}"
        other = table.get(name)
        what = f"is for {other.task}" if other else "is not in the table of models"
        wanted = f" for {' or '.join(tasks)}" if tasks else ""
        raise InvalidParameterError(f'expected a model{wanted}; "{name}" {what}; {hint}')
    return table[name]


def usual(table: Table, tasks: tuple[str, ...], proportions: float = 1.0) -> str | None:
    """Return the model to use where none is named.

    Of several, that whose picture comes nearest to the proportions, and the last of equals.
    """
    names = [name for name, spec in table.items() if spec.usual and spec.task in tasks]
    return min(reversed(names), key=lambda name: _strain(table[name], proportions), default=None)


def _strain(spec: Spec, proportions: float) -> float:
    """Return how much a picture would be stretched, 1 for not at all."""
    own = spec.width / spec.height if spec.width and spec.height else 1.0
    return max(own / proportions, proportions / own)
