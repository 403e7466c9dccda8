"""The instructions of a Dockerfile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str

    @property
    def copied(self) -> list[str]:
        """What COPY takes from the context."""
        words = self.rest.split()
        return [] if words[0].startswith("--from=") else words[:-1]

    @property
    def names(self) -> list[str]:
        """What ENV sets."""
        return [part.partition("=")[0] for part in self.rest.split()]


def instructions(path: Path) -> list[Instruction]:
    text = _CONTINUED.sub(" ", _COMMENT.sub("", path.read_text()))
    return [Instruction(*line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]
