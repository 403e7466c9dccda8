"""The engine: plain values in, plain values out."""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import Any

import pytest

from image_worker.engine import InProcessEngine, RenderRequest
from image_worker.errors import CorruptImageError, OutputTooLargeError
from image_worker.limits import Limits
from tests.job.making import PNG


def request(data: bytes = PNG, limits: Limits | None = None, **recipe: Any) -> RenderRequest:
    """Return what an engine is asked for one picture."""
    digest = hashlib.sha256(data).hexdigest()
    whole = json.dumps({"image": {"given": digest}, **recipe})
    return RenderRequest(whole, {digest: data}, limits or Limits())


def test_a_recipe_as_json_is_rendered() -> None:
    asked = request(operations=[{"resize": {"width": 20}}], output={"format": "PNG"})
    rendered = InProcessEngine().run(asked)
    assert (rendered.width, rendered.height, rendered.format) == (20, 15, "PNG")
    assert rendered.data.startswith(b"\x89PNG")


def test_requests_and_results_can_be_handed_to_another_process() -> None:
    rendered = InProcessEngine().run(pickle.loads(pickle.dumps(request())))  # noqa: S301 - our own
    assert pickle.loads(pickle.dumps(rendered)) == rendered  # noqa: S301 - our own


def test_the_same_request_gives_the_same_bytes() -> None:
    first, second = (InProcessEngine().run(request(output={"format": "WEBP"})) for _ in range(2))
    assert first == second


def test_the_limits_of_the_request_hold() -> None:
    with pytest.raises(OutputTooLargeError):
        InProcessEngine().run(
            request(limits=Limits(max_side=80), operations=[{"resize": {"width": 90}}])
        )


def test_a_damaged_picture_is_an_error_of_ours() -> None:
    with pytest.raises(CorruptImageError):
        InProcessEngine().run(request(PNG[:-30]))
