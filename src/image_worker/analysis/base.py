"""What every measurement has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from image_worker.component import Component, Family
from image_worker.picture import histogram

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture


@dataclass(frozen=True)
class Subject:
    """The picture that is measured, and what its file said of it."""

    picture: Picture
    mode: str
    """How the file stores pixels, as Pillow calls it: `L`, `RGB`, `RGBA`, `P`, `1`, `CMYK`..."""
    format: str

    @cached_property
    def image(self) -> pyvips.Image:
        """The first frame."""
        return self.picture.image

    @cached_property
    def histogram(self) -> list[list[int]]:
        """256 counts for each band; counted once for all measurements."""
        return histogram(self.image)


class Analyzer(Component, members=Family("analysis")):
    """One measurement; its name is its key in the answer."""

    usual: ClassVar[bool] = False
    """Whether `analyze: true` includes it."""
    numeric: ClassVar[bool] = False
    """Whether it is one number or boolean, which conditions may ask for."""

    def measure(self, subject: Subject) -> Any:
        """Return the measurement as JSON."""
        raise NotImplementedError
