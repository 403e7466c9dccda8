"""What is seen in a picture, told and drawn by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.pictures import levels, opened, photograph

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    photograph("astronaut.png").save(path)
    return path


def test_it_is_told_and_drawn(cli: Callable[..., Any], portrait: Path, tmp_path: Path) -> None:
    drawn = {}
    for labels in ("--labels", "--no-labels"):
        target = tmp_path / f"seen{labels}.png"
        done = cli("analyze", "--want", "faces,objects", "--draw", target, labels, portrait)
        assert done.code == 0, done.err
        assert [" ".join(line.split()) for line in done.out.splitlines() if "%" in line] == [
            "face 94% 182,82 to 275,176",
            "person 59% 19,16 to 363,508",
        ]
        drawn[labels] = levels(opened(target.read_bytes()))
    before = levels(photograph("astronaut.png"))
    changed = {name: (after != before).any(axis=2) for name, after in drawn.items()}
    assert changed["--no-labels"][82:84, 182:275].all()  # the upper edge of the face
    assert changed["--no-labels"][62:80, 185:240].mean() < 0.05
    assert changed["--labels"][62:80, 185:240].mean() > 0.9  # its label
    assert not np.array_equal(*drawn.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--draw", "x.png"), "--draw needs --want"),
        (("--want", "brightness", "--draw", "x.png"), "--draw needs --want"),
        (("--want", "faces", "--draw", "x.what"), "cannot tell a format"),
        (("--want", "faces", "--draw", "x.png", "portrait.png"), "one picture at a time"),
    ],
)
def test_what_cannot_be_drawn(
    arguments: tuple[str, ...], told: str, cli: Callable[..., Any], portrait: Path
) -> None:
    done = cli("analyze", *arguments, portrait)
    assert done.code == 2
    assert told in done.err


def test_cropped_objects_lie_beside_the_result(
    cli: Callable[..., Any], portrait: Path, tmp_path: Path
) -> None:
    done = cli("process", portrait, tmp_path / "out.png", "crop-objects", "--to", "faces")
    assert done.code == 0, done.err
    assert opened((tmp_path / "out-object_1.png").read_bytes()).size == (93, 94)
