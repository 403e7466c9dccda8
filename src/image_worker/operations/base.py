"""What every operation has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from image_worker.component import Component, Family
from image_worker.conditions import Condition
from image_worker.selectors import AnySelector

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size
    from image_worker.picture import Picture


class Operation(Component, members=Family("operation")):
    """One step of a job.

    Subclass `Geometry` for a step that moves pixels or changes the size, `Effect` for one that
    changes pixels where they are; state the parameters as fields and override `apply`. A step
    that changes the size also overrides `result_size`; one that must see the whole picture, or has
    something to tell the caller, overrides `run`.
    """

    beside: ClassVar[frozenset[str]] = frozenset({"when"})

    keeps_content: ClassVar[bool] = False
    """Whether things stay where and what they are, so that what was seen before counts after."""

    secret: ClassVar[bool] = False
    """Whether this hides something, so that nothing of the job may be kept, and nothing of the
    source may come back by another way."""

    sets_aside: ClassVar[str] = ""
    """What the further results are called that this makes of parts of the picture, each with a
    number behind it. The steps that follow are done to each of them too."""

    seconds_per_megapixel: ClassVar[float] = 0.05
    """CPU seconds that a megapixel takes, of the picture or of the result, whichever is larger: an
    estimate, rounded up from what 12 megapixels took on one processor."""

    when: Condition | None = None
    """Do this only if the condition on the source is true, such as `{"width": {">": 1000}}`."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Return the changed frame: `uchar`, grey or sRGB, with or without transparency."""
        raise NotImplementedError

    def run(self, picture: Picture) -> Picture:
        """Return the changed picture."""
        return picture.each(self.apply)

    def result_size(self, size: Size) -> Size:
        """Return the size of the result, or the largest it can have, for a picture of that size."""
        return size

    def bound(self, size: Size) -> Size:
        """Return the largest sides that the result can have for pictures of up to that size."""
        return self.result_size(size)

    def cost(self, size: Size) -> float:
        """Return the CPU seconds that a frame of that size takes, by estimate.

        A job that would take too many is refused before it begins, so a step that can be slow
        says so here. The estimate never falls where the size grows.
        """
        return self.seconds_per_megapixel * max(size.megapixels, self.result_size(size).megapixels)

    def blur_sigma(self, size: Size) -> float:
        """Return the sigma of the widest blur in this step, in pixels."""
        del size
        return 0.0

    @property
    def by_content(self) -> bool:
        """Whether only the pixels can tell the size of the result."""
        return False

    # The decoder can leave out pixels that would be thrown away anyway, which is several times
    # faster than decoding all of them. These two say when.

    def reduction(self, size: Size) -> float:
        """Return how many times smaller the result is, if this resamples it; else 1."""
        del size
        return 1.0

    def passes_shrunk(self, size: Size, shrink: int) -> bool:
        """Tell whether this can be done to the picture shrunk by `shrink` without any loss."""
        del size, shrink
        return False


class Forgiving(Operation):
    """A step that may be left out where it fails."""

    beside: ClassVar[frozenset[str]] = frozenset({"when", "on_error"})

    on_error: Literal["fail", "skip"] = "fail"
    """`skip` goes on without this step where it fails, with a warning."""


class Geometry(Forgiving):
    """A step that moves pixels or changes the size."""


class Effect(Forgiving):
    """A step that changes pixels where they are: it can be limited to a part, and blended."""

    beside: ClassVar[frozenset[str]] = frozenset({"when", "on_error", "where", "amount"})
    keeps_content: ClassVar[bool] = True

    where: AnySelector | None = None
    """The part of the picture that is changed. Default: all of it."""

    amount: Annotated[float, Field(ge=0, le=1)] = 1
    """How much of the change is blended in: 0 nothing, 1 all of it."""
