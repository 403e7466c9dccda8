"""Names of results, made from those of their sources."""

from __future__ import annotations

import os
import string
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from image_worker.component import suggestion

if TYPE_CHECKING:
    from image_worker.bulk.finding import Found

ENDING = "{ext}"
_FIELDS = ("dir", "sub", "stem", "name", "ext")


@dataclass(frozen=True, slots=True)
class Template:
    """A name with `{dir}`, `{sub}`, `{stem}`, `{name}` and `{ext}` in it.

    `photos/b/cat.png`, found in the folder `photos`, has the dir `photos/b`, the sub `b`, the stem
    `cat` and the name `cat.png`. The ext is that of the result, without its point.
    """

    text: str

    @classmethod
    def read(cls, text: str) -> Template:
        """Return the template; one without fields is a folder. Raises a `ValueError`."""
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise ValueError(f"{text}: {error}; {{{{ and }}}} stand for braces") from None
        fields = [name for _, name, _, _ in parts if name is not None]
        for name in fields:
            if name not in _FIELDS:
                known = ", ".join(f"{{{each}}}" for each in _FIELDS)
                hint = suggestion(name, _FIELDS) or f"known are {known}"
                raise ValueError(f'{text}: there is no field "{name}"; {hint}')
        if any(spec or turned for _, _, spec, turned in parts):
            raise ValueError(f"{text}: a field is its name alone, such as {{stem}}")
        if not fields:
            escaped = text.replace("{", "{{").replace("}", "}}")
            return cls(os.path.join(escaped, "{sub}", f"{{stem}}.{ENDING}"))  # noqa: PTH118
        return cls(text)

    @property
    def suffix(self) -> str:
        """The ending that the template itself tells, without its point; empty for `{ext}`."""
        suffix = PurePath(self.text).suffix[1:]
        return "" if "{" in suffix else suffix

    @property
    def folder(self) -> str:
        """The folder that all results are below."""
        return os.path.dirname(self.text.partition("{")[0]) or "."  # noqa: PTH120

    def fill(self, found: Found, ext: str) -> str:
        """Return the name for one source; `ext` may be `{ext}`, to be filled in later."""
        folder, name = os.path.split(found.path)
        values = {
            "dir": folder or ".",
            "sub": found.below or ".",
            "stem": PurePath(name).stem,
            "name": name,
            "ext": ext,
        }
        return os.path.abspath(self.text.format_map(values))  # noqa: PTH100


def complete(name: str, source: str, suffixes: tuple[str, ...]) -> str:
    """Fill in the ending that a result has; a source's own stays if it is one of these."""
    own = PurePath(source).suffix[1:]
    fitting = own if own.lower() in suffixes else suffixes[0]
    return name.replace(ENDING, fitting)
