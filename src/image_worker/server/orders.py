"""What callers of the job API send, read strictly where it is ours to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from image_worker.component import explain
from image_worker.component.explain import shown
from image_worker.errors import ImageWorkerError, InvalidJsonError, InvalidParameterError
from image_worker.queue import Policy, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = 86_400_000
_WEEK = 7 * _DAY
_LONGEST_NAME = 200


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


def read_order(body: bytes) -> Request:
    """Read the body of `/run`; keys that RunPod does not know either mean nothing.

    The queue keeps the body as it came, and the worker reads it again: to write its input anew
    takes more time than all else that is done with it here.

    Raises:
        InvalidJsonError: It is no object with an input.
        InvalidParameterError: The policy, the webhook or the bucket is not what it should be.
    """
    return _order(_read(body), body)


def read_orders(body: bytes, key: str | None = None) -> list[Request]:
    """Read the body of `/batch`: a list of what `/run` takes, below a key if one is given.

    Raises the same as `read_order`, and names the place in the list.
    """
    sent = _read(body)
    if key is not None:
        sent = sent.get(key) if isinstance(sent, dict) else None
    if not isinstance(sent, list):
        place = f'in the key "{key}"' if key else "as the body"
        raise InvalidJsonError(f"expected a list of requests {place}, got {shown(sent)}")
    orders = []
    for index, one in enumerate(sent):
        try:
            orders.append(_order(one, to_json(one)))
        except ImageWorkerError as error:
            raise error.at(f"{key or 'requests'}[{index}]") from None
    return orders


def read_name(body: bytes) -> str:
    """Read the body that names a batch: `{"name": "..."}`."""
    sent = _read(body)
    name = sent.get("name") if isinstance(sent, dict) else None
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise InvalidParameterError(
            f"name: expected text of at most {_LONGEST_NAME} characters, got {shown(name)}",
            path="name",
        )
    return name


def _read(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise InvalidJsonError("expected a body of JSON") from None


def _order(sent: Any, body: bytes) -> Request:
    if not isinstance(sent, dict) or sent.get("input") is None:
        raise InvalidJsonError(
            f'expected an object with the job in its key "input", got {shown(sent)}'
        )
    _optional(sent, "s3Config", dict)
    return Request(
        body,
        _policy(_optional(sent, "policy", dict) or {}),
        _optional(sent, "webhook", str) or None,
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
