"""Random pipelines, planned against exact: decoding fewer pixels must not be seen."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skimage.metrics import structural_similarity

from image_worker import process
from tests.pictures import PHOTOGRAPHS, encoded, levels, photograph

SIZES = [(1600, 1200), (1411, 943), (1283, 1799)]
KINDS = [("JPEG", {"quality": 92}), ("JPEG", {"quality": 92, "progressive": True}), ("WEBP", {})]


@cache
def file(name: str, size: tuple[int, int], kind: int) -> bytes:
    form, options = KINDS[kind]
    return encoded(photograph(name, size), form, **options)


crops = st.fixed_dictionaries(
    {"type": st.just("crop"), "params": st.sampled_from(
        [
            {"left": 160, "top": 80, "right": 1120, "bottom": 880},
            {"left": 33, "top": 17},
            {"aspect": "1:1"},
            {"width": "60%", "height": "70%", "gravity": "top-left"},
        ]
    )}
)  # fmt: skip
resizes = st.fixed_dictionaries(
    {"type": st.just("resize"), "params": st.fixed_dictionaries(
        {"width": st.integers(60, 500), "height": st.integers(60, 500)},
        optional={"fit": st.sampled_from(["inside", "cover", "contain", "fill", "outside"])},
    )}
)  # fmt: skip
others = st.sampled_from(
    [
        {"type": "flip", "params": {"direction": "horizontal"}},
        {"type": "rotate", "params": {"angle": 90}},
        {"type": "filter", "params": {"name": "grayscale"}},
        {"type": "adjust", "params": {"brightness": 1.1}},
        {"type": "pad", "params": {"all": 8, "background": "white"}},
    ]
)
pipelines = st.tuples(
    st.lists(crops, max_size=2), st.lists(others, max_size=1), resizes, st.lists(others, max_size=2)
).map(lambda parts: [*parts[0], *parts[1], parts[2], *parts[3]])


@settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    name=st.sampled_from(PHOTOGRAPHS),
    size=st.sampled_from(SIZES),
    kind=st.integers(0, len(KINDS) - 1),
    operations=pipelines,
)
def test_planned_pictures_are_those_of_the_exact_plan(
    name: str, size: tuple[int, int], kind: int, operations: list[Any]
) -> None:
    data = file(name, size, kind)
    fast, exact = (
        levels(process(data, operations, {"format": "PNG"}, plan=plan).data, "RGB")
        for plan in ("fast", "exact")
    )
    assert fast.shape == exact.shape
    assert np.abs(fast - exact).mean() <= 1
    assert structural_similarity(fast, exact, channel_axis=2, data_range=255) >= 0.99
