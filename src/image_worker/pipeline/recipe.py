"""What is to be done to a picture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from image_worker.analysis.wanted import Wanted
from image_worker.component import ByFormat, ByType, Model, Several
from image_worker.formats.base import Output
from image_worker.formats.jpeg import Jpeg
from image_worker.operations.base import Operation


class Recipe(Model):
    """Operations, and what is wanted at the end."""

    operations: Several[Annotated[Operation, ByType(Operation)]] = ()
    """Steps, carried out in this order."""

    output: Annotated[Output, ByFormat(Output)] = Field(default_factory=Jpeg)
    """How the result is written."""

    analyze: Wanted = ()
    """What to measure of the source, upright: `true` for the usual facts, or a list of names."""

    plan: Literal["fast", "exact"] = "fast"
    """`exact` decodes every pixel, even those that a later resize throws away."""
