"""A result on its way out, and the name that it gets there."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator

from image_worker.component import suggestion

DEFAULT_KEY = "{job}/{name}.{ext}"

FIELDS = ("job", "name", "ext", "sha256", "date")
"""What may stand in braces in the name of a result."""

_BRACED = re.compile(r"\{([^{}]*)\}")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


@dataclass(frozen=True, slots=True)
class Parcel:
    """The bytes of one result, and what can be said of them in its name."""

    data: bytes = field(repr=False)
    mime: str
    job: str
    name: str
    """`image`, or the name of the rendition, with the width where it has several."""
    ext: str
    """The suffix of its format, without a dot."""
    sha256: str
    date: dt.date = field(default_factory=_today)
    """The day it was made, in UTC."""

    def called(self, template: str) -> str:
        """Return the template with its fields filled in."""
        values = {
            "job": _UNFIT.sub("_", self.job).lstrip(".") or "_",
            "name": self.name,
            "ext": self.ext,
            "sha256": self.sha256,
            "date": self.date.isoformat(),
        }
        return _BRACED.sub(lambda match: values[match[1]], template)


def _check(template: str) -> str:
    for name in _BRACED.findall(template):
        if name not in FIELDS:
            hint = suggestion(name, FIELDS) or f"known are {', '.join(FIELDS)}"
            raise ValueError(f"{{{name}}} is not a known field; {hint}")
    return template


Template = Annotated[str, AfterValidator(_check)]
"""A name with fields in braces."""


def tells_apart(template: str) -> bool:
    """Tell whether two results of one job get different names."""
    return bool({"name", "sha256"} & set(_BRACED.findall(template)))
