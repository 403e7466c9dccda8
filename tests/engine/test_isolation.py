"""How many children, and how much memory for each."""

from __future__ import annotations

import pytest

from image_worker.engine.isolation import child_memory, most_children


@pytest.mark.parametrize(
    ("processors", "memory", "children"),
    [(8, None, 8), (8, 64_000_000_000, 8), (2, 2_147_483_648, 2), (8, 2_147_483_648, 2), (4, 1, 1)],
)
def test_there_is_one_child_for_each_processor_if_the_memory_is_enough(
    processors: int, memory: int | None, children: int
) -> None:
    assert most_children(processors, memory) == children


@pytest.mark.parametrize(
    ("children", "memory", "share"),
    [
        (2, None, 3_000_000_000),
        (2, 64_000_000_000, 3_000_000_000),
        (2, 2_256_000_000, 1_000_000_000),
        (1, 1, 384_000_000),
    ],
)
def test_each_child_may_have_its_share(children: int, memory: int | None, share: int) -> None:
    assert child_memory(children, memory) == share
