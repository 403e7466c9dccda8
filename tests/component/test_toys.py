"""A class alone makes an operation, a filter, a measurement or a format: nothing else names it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject
from image_worker.formats.base import Output
from image_worker.job import Job
from image_worker.operations.base import Operation
from image_worker.operations.filter import Filter
from tests.job.making import job, picture_in, step, worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyvips

    from image_worker.component import Component
    from image_worker.picture import Picture


@pytest.fixture
def forget() -> Iterator[Callable[[type[Component]], None]]:
    """Take toys out of their families again when the test is over."""
    toys: list[type[Component]] = []
    yield toys.append
    for toy in toys:
        toy.family.remove(toy)
        assert toy.name not in toy.family


def schema() -> str:
    return json.dumps(Job.model_json_schema())


def test_a_toy_operation(forget: Callable[[type[Component]], None]) -> None:
    class Darken(Operation):
        """Darken by halves."""

        name = "toy_darken"

        times: int = Field(default=1, ge=1)
        """How often."""

        def apply(self, image: pyvips.Image) -> pyvips.Image:
            return image >> self.times

    forget(Darken)
    assert '"toy_darken"' in schema()
    assert "How often." in schema()
    answer = worker().answer(job(step("toy_darken", times=8), output={"format": "PNG"}))
    assert picture_in(answer).getextrema() == ((0, 0),) * 3
    assert answer["steps"] == [{"type": "toy_darken", "width": 40, "height": 30}]
    refused = worker().answer(job({"toy_darkn": {}}))
    assert 'did you mean "toy_darken"?' in refused["error"]
    assert worker().answer(job(step("toy_darken", times=0)))["path"] == "operations[0].params.times"


def test_a_toy_filter(forget: Callable[[type[Component]], None]) -> None:
    class Negative(Filter):
        """Turn colours round."""

        name = "toy_negative"

        def apply(self, image: pyvips.Image) -> pyvips.Image:
            return image.invert()

    forget(Negative)
    assert '"toy_negative"' in schema()
    twice = [step("filter", name="toy_negative")] * 2
    output = {"format": "PNG"}
    once, back, plain = (
        picture_in(worker().answer(job(*steps, output=output))) for steps in (twice[:1], twice, ())
    )
    assert back.tobytes() == plain.tobytes() != once.tobytes()


def test_a_toy_measurement(forget: Callable[[type[Component]], None]) -> None:
    class Area(Analyzer):
        """Number of pixels."""

        name = "toy_area"

        times: int = 1
        """Count each so often."""

        def measure(self, subject: Subject) -> int:
            size = subject.picture.size
            return size.width * size.height * self.times

    forget(Area)
    assert '"toy_area"' in schema()
    assert worker().answer(job(analyze=["toy_area"]))["analysis"] == {"toy_area": 1200}
    options = [{"toy_area": {"times": 3}}]
    assert worker().answer(job(analyze=options))["analysis"] == {"toy_area": 3600}


def test_a_toy_format(forget: Callable[[type[Component]], None]) -> None:
    class Raw(Output):
        """Bare levels."""

        name = "TOYRAW"
        mime = "application/octet-stream"
        suffix = ".raw"
        lossy = False

        def encode(self, picture: Picture) -> bytes:
            return bytes(picture.image.write_to_memory())

    forget(Raw)
    assert '"TOYRAW"' in schema()
    answer: dict[str, Any] = worker().answer(job(output={"format": "toyraw"}))
    assert answer["metadata"]["bytes"] == 40 * 30 * 3
    assert answer["metadata"]["format"] == "TOYRAW"
    assert answer["processed_image"].startswith("data:application/octet-stream;base64,")


def test_two_kinds_of_one_name_are_a_mistake(forget: Callable[[type[Component]], None]) -> None:
    class First(Operation):
        """One."""

        name = "toy_twice"

    forget(First)
    with pytest.raises(TypeError, match="two kinds of operation are called 'toy_twice'"):

        class Second(Operation):
            """Another."""

            name = "toy_twice"

    assert Operation.family["toy_twice"] is First
