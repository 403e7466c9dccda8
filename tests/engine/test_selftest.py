"""Whether formats really work."""

from __future__ import annotations

from typing import Any

from image_worker.engine import InProcessEngine, selftest
from image_worker.errors import DecoderCrashedError
from tests.engine.engines import Counting


def test_every_promised_format_works() -> None:
    assert selftest.problems(InProcessEngine(), svg=True) == {}
    promised = selftest.promised(svg=True)
    assert {"AVIF", "GIF", "JPEG", "PNG", "SVG", "TIFF", "WEBP"} <= set(promised)
    assert set(promised) - set(selftest.promised()) == {"SVG"}


class Crashing(Counting):
    def run(self, request: Any, cancel: Any = None, **more: Any) -> Any:
        if "WEBP" in request.recipe:
            raise DecoderCrashedError("it crashed")
        return super().run(request, cancel, **more)


def test_a_format_that_fails_is_named_with_the_reason() -> None:
    assert selftest.problems(Crashing()) == {"WEBP": "it crashed"}


def test_wrong_colours_are_a_problem() -> None:
    wrong = (selftest._painted().invert()).pngsave_buffer()

    class Lying(Counting):
        def run(self, request: Any, cancel: Any = None, **more: Any) -> Any:
            if "GIF" in request.recipe:
                (digest,) = request.sources
                request.sources[digest] = wrong
            return super().run(request, cancel, **more)

    (said,) = selftest.problems(Lying()).values()
    assert "levels off" in said
