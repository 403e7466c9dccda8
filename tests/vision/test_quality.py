"""How well the built-in models see, in short; `python -m benchmarks.vision` prints all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import vision

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("measure", [vision.faces, vision.objects, vision.people, vision.text])
def test_every_figure_is_reached(measure: Callable[[], list[vision.Figure]]) -> None:
    missed = [one for one in measure() if not one.reached]
    assert not missed
