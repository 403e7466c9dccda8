"""What callers of the job API send, read strictly where it is ours to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from image_worker.component import explain
from image_worker.component.explain import shown
from image_worker.errors import InvalidJsonError, InvalidParameterError
from image_worker.queue import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = 86_400_000
_WEEK = 7 * _DAY


class PolicyRequest(BaseModel):
    """How long a job may wait and run; the times are RunPod's."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    executionTimeout: Annotated[int, Field(ge=5_000, le=_WEEK)] = 600_000  # noqa: N815 - RunPod's
    """Milliseconds that the job may run."""

    ttl: Annotated[int, Field(ge=10_000, le=_WEEK)] = _DAY
    """Milliseconds after which the job is forgotten, counted from when it was accepted."""

    lowPriority: bool = False  # noqa: N815 - RunPod's
    """Whether the job waits until no other does."""

    def policy(self) -> Policy:
        """Return the same in the words of the queue."""
        return Policy(
            execution_seconds=self.executionTimeout / 1000,
            ttl_seconds=self.ttl / 1000,
            low_priority=self.lowPriority,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A job as it was sent, and what was said beside it."""

    input: bytes
    """JSON of the input."""
    policy: Policy
    webhook: str | None
    extra: dict[str, Any]


def read_order(body: bytes) -> Order:
    """Read the body of `/run`; keys that RunPod does not know either mean nothing.

    Raises:
        InvalidJsonError: It is no object with an input.
        InvalidParameterError: The policy, the webhook or the bucket is not what it should be.
    """
    try:
        sent = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise InvalidJsonError("expected a body of JSON") from None
    if not isinstance(sent, dict) or sent.get("input") is None:
        raise InvalidJsonError(
            f'expected an object with the job in its key "input", got {shown(sent)}'
        )
    bucket = _optional(sent, "s3Config", dict)
    return Order(
        to_json(sent["input"]),
        _policy(_optional(sent, "policy", dict) or {}),
        _optional(sent, "webhook", str) or None,
        {"s3Config": bucket} if bucket else {},
    )


def _policy(sent: Mapping[str, Any]) -> Policy:
    try:
        return PolicyRequest.model_validate(sent).policy()
    except ValidationError as error:
        problem = explain(error, PolicyRequest)
        place = f"policy.{problem.path}".removesuffix(".")
        text = problem.message.removeprefix(f"{problem.path}: ")
        raise InvalidParameterError(f"{place}: {text}", path=place) from None


def _optional(sent: Mapping[str, Any], name: str, kind: type) -> Any:
    value = sent.get(name)
    if value is not None and not isinstance(value, kind):
        word = "an object" if kind is dict else "text"
        raise InvalidParameterError(f"{name}: expected {word}, got {shown(value)}", path=name)
    return value
