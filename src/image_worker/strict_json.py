"""JSON as the standard has it: NaN and infinity are no numbers."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def loads(text: str | bytes) -> Any:
    """Read JSON; raises a `ValueError` where it is none, or nested too deep."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def value(text: str) -> Any:
    """Return what a person typed: JSON where it is JSON, else the text."""
    try:
        return loads(text)
    except ValueError:
        return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
