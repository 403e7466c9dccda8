"""Pictures made row by row while they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import pyvips

from image_worker.fields import Size
from image_worker.pixels.streaming import streamed, telling
from tests.operations.moving import numbered

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (37, 23), (3, 700), (1000, 2)])
def test_what_is_read_is_what_was_made(size: tuple[int, int], bands: int) -> None:
    made = numbered(*size, bands)
    parts = (part.tobytes() for part in np.array_split(made, 5))
    image = streamed(Size(*size), bands, parts)
    assert image.interpretation == ("b-w" if bands < 3 else "srgb")
    assert np.array_equal(image.numpy().reshape(made.shape), made)


def test_rows_are_made_when_they_are_read() -> None:
    asked = []

    def rows() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield bytes(1000 * 10 * 3)

    image = streamed(Size(1000, 1000), 3, rows())
    assert len(asked) < 20
    image.avg()
    assert len(asked) == 100


def test_rows_that_end_early_or_fail_make_reading_fail() -> None:
    with telling(), pytest.raises(pyvips.Error):
        streamed(Size(100, 100), 3, iter([bytes(300)] * 50)).avg()

    def failing() -> Iterator[bytes]:
        yield bytes(300) * 50
        raise ValueError("what went wrong")

    with pytest.raises(ValueError, match="what went wrong"), telling():
        streamed(Size(100, 100), 3, failing()).avg()
