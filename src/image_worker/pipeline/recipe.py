"""What is to be done to a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, model_serializer, model_validator

from image_worker.analysis.wanted import Analysis, Wanted
from image_worker.component import ByFormat, ByType, Model, Several, refuse
from image_worker.conditions import facts_of
from image_worker.formats.base import Output
from image_worker.formats.jpeg import Jpeg
from image_worker.operations.base import Operation
from image_worker.pipeline.facts import OF_HEADER, check_fact
from image_worker.sources.base import AnySource, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

    analyze: Wanted = Analysis()
    """What to measure of the source, upright: `true` for the usual facts, or a list of names, each
    with options as `{name: {...}}` where it has some. `{"of": "output", "want": [...]}` measures
    the picture after the operations, before it is encoded."""

    plan: Literal["fast", "exact"] = "fast"
    """`exact` decodes every pixel, even those that a later resize throws away."""

    dry_run: bool = False
    """Whether only to say what would be done, without touching pixels: the size of every step, and
    its `cost` in CPU seconds by estimate."""

    @model_validator(mode="after")
    def _know_facts(self) -> Self:
        """Refuse conditions on what nobody knows of a source."""
        for loc, step in self.steps():
            for fact in facts_of(step.when) if step.when is not None else ():
                check_fact(fact, *loc, "when", fact)
        return self

    @model_validator(mode="after")
    def _keep_secrets(self) -> Self:
        """Refuse what would give back what a step hides."""
        secrets = [(loc, step) for loc, step in self.steps() if step.secret]
        for loc, step in secrets:
            for fact in facts_of(step.when) if step.when is not None else ():
                if fact not in OF_HEADER:
                    known = ", ".join(OF_HEADER)
                    sentence = (
                        f"expected a fact of the header with {step.name}: {known}; got {{got}}"
                    )
                    raise refuse(sentence, fact, *loc, "when", fact)
        if secrets:
            name = secrets[0][1].name
            if self.analyze.want and self.analyze.of == "input":
                sentence = f'expected {{"of": "output", "want": [...]}} with {name}, which hides'
                raise refuse(f"{sentence} parts of the input", self.analyze.of, "analyze")
            _check_discreet(name, self.output, "output")
            for key, rendition in self.outputs.items():
                _check_discreet(name, rendition.output, "outputs", key)
        return self

    @model_validator(mode="after")
    def _keep_apart(self) -> Self:
        """Refuse steps that set parts aside where their results would have no place."""
        makers = [(loc, step) for loc, step in self.steps() if step.sets_aside]
        for loc, step in makers:
            if len(loc) != len(("operations", 0)) or loc != makers[0][0]:
                raise refuse(f"expected {step.name} only once, in the job itself", step.name, *loc)
            _check_names(self.outputs, step)
        for _, step in makers:
            for index, later in enumerate(self.operations):
                if later.secret and index > self.operations.index(step):
                    sentence = f"expected {later.name} before {step.name}, for it to hide all"
                    raise refuse(sentence, later.name, "operations", index)
        return self

    def steps(self) -> Iterator[tuple[tuple[str | int, ...], Operation]]:
        """Yield every step with its place, those of sources and renditions too."""
        yield from _steps(self)

    def discreet(self, output: Output) -> Output:
        """Return the output without metadata of the source where a step hides something."""
        if not any(step.secret for _, step in self.steps()):
            return output
        return output.model_copy(update={"metadata": "none"})

    @property
    def usual(self) -> Output:
        """How results are written of which nothing else is said."""
        return self.output or Jpeg()

    @property
    def main(self) -> Output | None:
        """How the result of the operations alone is written, if it is wanted."""
        return self.output or (None if self.outputs else Jpeg())


def _check_names(outputs: Iterable[str], step: Operation) -> None:
    """Refuse names that are those of results which the step makes."""
    for name in outputs:
        if name.startswith(f"{step.sets_aside}_"):
            raise refuse(f"expected another name; {step.name} uses it", name, "outputs", name)


_HOLDERS = (BaseModel, dict, tuple)
"""What may hold an operation."""


def _steps(value: object, *loc: str | int) -> Iterator[tuple[tuple[str | int, ...], Operation]]:
    """Yield every operation in a part of a recipe with its place."""
    if isinstance(value, Operation):
        yield loc, value
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            part = getattr(value, name)
            if isinstance(part, _HOLDERS):  # most fields are numbers and words
                among = isinstance(value, Operation) and name not in value.beside
                inner = (*loc, "params") if among else loc
                yield from _steps(part, *inner, field.alias or name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _steps(item, *loc, index)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _steps(item, *loc, name)


def sources_in(value: object) -> Iterator[Source]:
    """Yield the sources in an operation; not those that sources need for themselves."""
    if isinstance(value, Source):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from sources_in(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from sources_in(item)


_DISCREET = {"metadata": "none", "if_larger": "keep"}
"""All that an output may be told beside a step that hides something."""


def _check_discreet(name: str, output: Output | None, *loc: str) -> None:
    """Refuse an output that hands on more of the source than the picture."""
    for key, value in _DISCREET.items():
        if output and key in output.model_fields_set and getattr(output, key) != value:
            sentence = f'expected "{value}" with {name}, which hides something; got {{got}}'
            raise refuse(sentence, getattr(output, key), *loc, key)
