"""What a model says of itself: its inputs, its outputs, and notes in its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output."""

    name: str
    shape: tuple[int | None, ...]
    """Its sides; nothing for one that may be any."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A model from outside."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the outputs, in their order."""
        return tuple(port.name for port in self.outputs)

    def output(self, name: str) -> Port:
        """Return the output of that name."""
        return next(port for port in self.outputs if port.name == name)

    @property
    def sides(self) -> tuple[int, int] | None:
        """Height and width of the picture that it takes, if they are fixed."""
        height, width = self.inputs[0].shape[2:4] if self.takes_picture else (None, None)
        return (height, width) if height and width else None

    @property
    def takes_picture(self) -> bool:
        """Whether the first input is a batch of pictures with three channels, channels first."""
        shape = self.inputs[0].shape if self.inputs else ()
        return len(shape) == 4 and shape[1] in {3, None}  # noqa: PLR2004 - batch, channels, two sides
