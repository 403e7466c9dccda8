"""What is to be done to a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_serializer, model_validator

from image_worker.analysis.wanted import Wanted
from image_worker.component import ByFormat, ByType, Model, Several
from image_worker.conditions import facts_of
from image_worker.formats.base import Output
from image_worker.formats.jpeg import Jpeg
from image_worker.operations.base import Operation
from image_worker.pipeline.facts import check_fact
from image_worker.sources.base import AnySource

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = Several[Annotated[Operation, ByType(Operation)]]
AnyOutput = Annotated[Output, ByFormat(Output)]

_OWN = {"operations", "widths", "picture"}


def _split(value: object) -> object:
    """Let the keys of the output stand beside those of the rendition."""
    if not isinstance(value, dict) or isinstance(value.get("output"), Output):
        return value
    output = {key: part for key, part in value.items() if key not in _OWN}
    return {**{key: part for key, part in value.items() if key in _OWN}, "output": output}


class Rendition(Model):
    """One of several results: operations that only it has, and how it is written."""

    operations: Steps = ()
    """Steps after those of the job, for this rendition alone."""

    output: AnyOutput = Field(default_factory=Jpeg)
    """How it is written; on the wire its keys stand beside `operations`."""

    widths: Annotated[Several[Annotated[int, Field(ge=1, le=65_500)]], Field(max_length=16)] = ()
    """Widths in pixels: the rendition is made at each of them, never larger than it is."""

    picture: bool = False
    """Whether to return ready `<picture>` markup too."""

    @model_serializer(mode="wrap")
    def _flat(self, handler: Any) -> dict[str, Any]:
        written = handler(self)
        output = written.pop("output", {})
        return {**written, **output}


AnyRendition = Annotated[Rendition, BeforeValidator(_split)]


class Recipe(Model):
    """A source, operations, and what is wanted at the end."""

    image: AnySource
    """The picture: `{"url": ...}`, `{"base64": ...}`, or a URL or data URI alone."""

    operations: Steps = ()
    """Steps, carried out in this order."""

    output: AnyOutput | None = None
    """How the result is written. Default: JPEG, or nothing where there are `outputs`."""

    outputs: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")], AnyRendition] = Field(
        default_factory=dict
    )
    """Several results from one source, by name."""

    analyze: Wanted = ()
    """What to measure of the source, upright: `true` for the usual facts, or a list of names."""

    plan: Literal["fast", "exact"] = "fast"
    """`exact` decodes every pixel, even those that a later resize throws away."""

    dry_run: bool = False
    """Whether only to say what would be done: sizes of every step, without touching pixels."""

    @model_validator(mode="after")
    def _know_facts(self) -> Self:
        """Refuse conditions on what nobody knows of a source."""
        for loc, step in self.steps():
            for fact in facts_of(step.when) if step.when is not None else ():
                check_fact(fact, *loc, "when", fact)
        return self

    def steps(self) -> Iterator[tuple[tuple[str | int, ...], Operation]]:
        """Yield every step with its place, those of the source and of the renditions too."""
        own: Any = self.image.operations
        yield from ((("image", "operations", index), step) for index, step in enumerate(own))
        yield from ((("operations", index), step) for index, step in enumerate(self.operations))
        for name, rendition in self.outputs.items():
            for index, step in enumerate(rendition.operations):
                yield ("outputs", name, "operations", index), step

    @property
    def main(self) -> Output | None:
        """How the result of the operations alone is written, if it is wanted."""
        return self.output or (None if self.outputs else Jpeg())
