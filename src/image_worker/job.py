"""The job and its answer, as they stand in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

import image_worker.catalog  # noqa: F401 - jobs name what is in the catalogue
from image_worker import sinks, sources
from image_worker.component import discover, explain, refuse, retell
from image_worker.component.explain import shown, utf8
from image_worker.errors import ImageWorkerError, InvalidJsonError, InvalidParameterError
from image_worker.limits import Limits
from image_worker.operations.base import Operation
from image_worker.pipeline import Recipe
from image_worker.sinks.inline import Auto
from image_worker.sources.base import Given, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from image_worker.formats.base import Output
    from image_worker.sinks.base import Delivery

discover(sources)
discover(sinks)

_LONGEST_TEXT = 1000


def _read_limits(value: object) -> dict[str, int | float]:
    """Return the limits that a job names, each of the right kind."""
    if not isinstance(value, dict):
        raise refuse("expected an object, got {got}", value)
    try:
        return Limits.model_validate(value).model_dump(include=set(value))
    except ValidationError as error:
        raise retell(error, Limits) from None


class _Lower:
    """Lists the limits and their units, for whoever asks."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        del schema, handler
        return {
            "type": "object",
            "properties": Limits.raw_schema()["properties"],
            "additionalProperties": False,
        }


LowerLimits = Annotated[dict[str, int | float], PlainValidator(_read_limits), _Lower()]
"""Limits of one job; each may only be lower than the worker's own."""


class Job(Recipe):
    """One picture, what to do to it, and what is wanted at the end."""

    cache: Literal["default", "refresh", "off"] = "default"
    """`refresh` renders anew and keeps the result, `off` neither looks nor keeps."""

    limits: LowerLimits = Field(default_factory=dict)
    """Lower limits for this job."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        """Refuse to hand two results over in a way that keeps one of them."""
        seen: list[Delivery] = []
        parts = any(step.sets_aside for step in self.operations)
        for path, delivery in deliveries_of(self):
            name = path.split(".")[1]
            main = path == "output.delivery"
            several = parts if main else len(self.outputs[name].widths) > 1
            if not delivery.several and (several or delivery in seen):
                sentence = "expected places that keep several results apart, got one for all"
                raise refuse(sentence, delivery, *path.split("."))
            seen.append(delivery)
        return self


def read_job(payload: object, limits: Limits) -> Job:
    """Return the job that the JSON describes; raises a `JobError`."""
    if not isinstance(payload, dict):
        raise InvalidJsonError(f"expected a job as a JSON object, got {shown(payload)}")
    check_count(payload.get("operations"), limits)
    try:
        job = Job.model_validate(payload)
    except ValidationError as error:
        raise explain(error, Job) from None
    for path, source in sources_of(job):
        if isinstance(source, Given):
            raise InvalidParameterError("expected a source that says where it is", path=path)
    return job


def sources_of(value: object, path: str = "") -> Iterator[tuple[str, Source]]:
    """Yield every source in a job with its path, those inside of other sources included."""
    if isinstance(value, Source):
        yield path, value
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            inner = f"{path}.params" if isinstance(value, Operation) else path
            key = f"{inner}.{field.alias or name}".removeprefix(".")
            yield from sources_of(getattr(value, name), key)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from sources_of(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from sources_of(item, f"{path}.{name}")


def deliveries_of(job: Job) -> Iterator[tuple[str, Delivery]]:
    """Yield where each result goes, with its path."""
    if job.main is not None:
        yield "output.delivery", job.main.delivery
    for name, rendition in job.outputs.items():
        yield f"outputs.{name}.delivery", rendition.output.delivery


def recipe_of(job: Job) -> Job:
    """Return the job as it is to be rendered: wherever its results go, they are the same.

    A default that is written out makes no other recipe either.
    """
    outputs = {
        name: rendition.model_copy(update={"output": _undelivered(rendition.output)})
        for name, rendition in job.outputs.items()
    }
    main = _undelivered(job.main) if job.main else None
    return job.model_copy(update={"output": main, "outputs": outputs})


def _undelivered(output: Output) -> Output:
    return output.model_copy(update={"delivery": Auto()})


def check_count(operations: object, limits: Limits) -> None:
    """Refuse too long a list before each of its items is looked at."""
    if isinstance(operations, list | tuple) and len(operations) > limits.max_operations:
        raise InvalidParameterError(
            f"expected at most {limits.max_operations} operations, got {len(operations)}",
            path="operations",
        )


def lowered(limits: Limits, wanted: dict[str, int | float]) -> Limits:
    """Return the limits that hold for a job."""
    for name, value in wanted.items():
        if value > getattr(limits, name):
            raise InvalidParameterError(
                f"expected at most {shown(getattr(limits, name))}, which is this worker's own "
                f"limit, got {shown(value)}",
                path=f"limits.{name}",
            )
    return limits.model_copy(update=wanted)


def failure(error: ImageWorkerError) -> dict[str, Any]:
    """Return the answer to a job that failed."""
    message = _plain(f"{error.path}: {error.message}" if error.path else error.message)
    return {
        "success": False,
        "error": message,
        "message": message,
        "code": error.code,
        "path": _plain(error.path),
        "retryable": error.retryable,
    }


def _plain(text: str) -> str:
    """Return text that UTF-8 can hold and that is not longer than a person would read."""
    cut = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."
    return utf8(cut)
