"""Blending against the formulas of the W3C's Compositing and Blending, written with numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import pyvips

from image_worker.fields import Box
from image_worker.pixels.compositing import Blend, Layer, composited

if TYPE_CHECKING:
    from collections.abc import Callable

    Formula = Callable[[np.ndarray, np.ndarray], np.ndarray]


def hard_light(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    screen = below + (2 * above - 1) - below * (2 * above - 1)
    return np.where(above <= 0.5, below * 2 * above, screen)


def dodge(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    lit = np.minimum(1, below / np.maximum(1 - above, 1e-9))
    return np.where(below == 0, 0, np.where(above == 1, 1, lit))


def burn(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    burnt = 1 - np.minimum(1, (1 - below) / np.maximum(above, 1e-9))
    return np.where(below == 1, 1, np.where(above == 0, 0, burnt))


def soft_light(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    root = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    dark = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, dark, below + (2 * above - 1) * (root - below))


BLENDS: dict[Blend, Formula] = {
    "over": lambda _, above: above,
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: below + above - below * above,
    "overlay": lambda below, above: hard_light(above, below),
    "darken": np.minimum,
    "lighten": np.maximum,
    "color-dodge": dodge,
    "color-burn": burn,
    "hard-light": hard_light,
    "soft-light": soft_light,
    "difference": lambda below, above: np.abs(below - above),
    "exclusion": lambda below, above: below + above - 2 * below * above,
}
PORTER_DUFF: dict[Blend, Formula] = {
    # Of premultiplied colours with their alpha as the last band.
    "add": lambda below, above: np.minimum(1, below + above),
    "dest-over": lambda below, above: below + (1 - below[..., -1:]) * above,
    "dest-in": lambda below, above: below * above[..., -1:],
    "dest-out": lambda below, above: below * (1 - above[..., -1:]),
}
each_base = pytest.mark.parametrize("bands", [1, 2, 3, 4])


def noise(bands: int, seed: int, size: tuple[int, int] = (60, 50)) -> np.ndarray:
    shape = (size[1], size[0], bands)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def image(array: np.ndarray) -> pyvips.Image:
    space = "srgb" if array.shape[2] > 2 else "b-w"
    return pyvips.Image.new_from_array(array).copy(interpretation=space)


def premultiplied(array: np.ndarray) -> np.ndarray:
    """Return colours times alpha, and alpha, from 0 to 1; opaque where there is no alpha."""
    levels = array.reshape(*array.shape[:2], -1) / 255
    if levels.shape[2] in {1, 3}:
        levels = np.concatenate([levels, np.ones_like(levels[..., :1])], axis=2)
    return np.concatenate([levels[..., :-1] * levels[..., -1:], levels[..., -1:]], axis=2)


def apart(result: pyvips.Image, expected: np.ndarray) -> float:
    return float(np.abs(premultiplied(result.numpy()) - expected).max() * 255)


@each_base
@pytest.mark.parametrize("blend", BLENDS)
def test_blending_is_that_of_the_w3c(blend: Blend, bands: int) -> None:
    below, above = noise(bands, 1), noise(4 if bands > 2 else 2, 2)
    result = composited(image(below), Layer(image(above)), blend)
    one, other = premultiplied(below), premultiplied(above)
    under, over = one[..., -1:], other[..., -1:]
    plain = one[..., :-1] / np.maximum(under, 1e-9), above[..., :-1] / 255
    colour = (1 - under) * plain[1] + under * BLENDS[blend](*plain)
    mixed = over * colour + (1 - over) * one[..., :-1]
    expected = np.concatenate([mixed, over + under - over * under], axis=2)
    assert result.bands == bands
    assert apart(result, expected) < 1.6


@each_base
@pytest.mark.parametrize("blend", PORTER_DUFF)
def test_the_other_operators_are_those_of_porter_and_duff(blend: Blend, bands: int) -> None:
    below, above = noise(bands, 3), noise(4 if bands > 2 else 2, 4)
    result = composited(image(below), Layer(image(above)), blend)
    expected = PORTER_DUFF[blend](premultiplied(below), premultiplied(above))
    if bands in {1, 3} and not blend.startswith("dest-"):
        expected[..., -1] = 1
    assert apart(result, expected) < 1.1


@each_base
@pytest.mark.parametrize("blend", [*BLENDS, *PORTER_DUFF])
def test_pixels_beside_the_layer_stay_as_they_are(blend: Blend, bands: int) -> None:
    below = noise(bands, 5)
    layer = Layer(image(noise(4 if bands > 2 else 2, 6, (20, 10))), -5, 45)
    result = composited(image(below), layer, blend).numpy().reshape(50, 60, -1)
    beside = np.ones((50, 60), dtype=bool)
    beside[45:, :15] = False
    if blend == "dest-in":
        assert result[beside].max() == 0
    else:
        assert np.array_equal(result[beside][..., :bands], below[beside])


def test_an_opaque_layer_hides_what_is_under_it_exactly() -> None:
    above = noise(4, 7)
    above[..., 3] = 255
    result = composited(image(noise(3, 8)), Layer(image(above)))
    assert np.array_equal(result.numpy(), above[..., :3])


def test_a_grey_base_becomes_coloured_only_by_colours() -> None:
    grey = image(noise(1, 1))
    assert composited(grey, Layer(image(noise(2, 2)))).bands == 1
    assert composited(grey, Layer(image(noise(4, 2)))).bands == 3
    assert composited(image(noise(3, 1)), Layer(image(noise(2, 2)))).bands == 3


def test_a_layer_beside_the_base_changes_nothing() -> None:
    base = image(noise(3, 1))
    assert composited(base, Layer(image(noise(4, 2)), 60, 0)) is base
    assert Layer(image(noise(4, 2)), 0, -50).clipped(Box(0, 0, 60, 50)) is None
