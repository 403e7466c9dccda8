"""Adjustments against Pillow, scikit-image and their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageEnhance, ImageOps
from skimage.color import rgb2lab

from image_worker import process
from image_worker.errors import ImageWorkerError
from image_worker.operations.adjust import Adjust
from image_worker.picture import Picture
from tests.operations.filters.filtering import CAT, GREY, PICTURES, cutout, frames, luma_of
from tests.pictures import apart, encoded, furthest, levels, noise

pictures = pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
RED_LUMINANCE, GREEN_LUMINANCE, BLUE_LUMINANCE = LUMINANCE = (0.2126, 0.7152, 0.0722)
GREYS = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (4, 1)))
NEUTRAL: dict[str, Any] = {
    "brightness": 1, "contrast": 1, "saturation": 1, "hue": 0, "vibrance": 0, "gamma": 1,
    "exposure": 0, "temperature": 0, "tint": 0, "highlights": 0, "shadows": 0, "sharpness": 1,
    "auto": [],
}  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "brightness": 1.1, "contrast": 1.2, "saturation": 1.3, "hue": 20, "vibrance": 0.4,
    "gamma": 1.2, "exposure": 0.3, "temperature": 30, "tint": -20, "highlights": -40,
    "shadows": 50, "sharpness": 2, "auto": ["white_balance", "levels", "contrast"],
}  # fmt: skip


def adjusted(image: Image.Image, **parameters: Any) -> np.ndarray:
    """Return the levels after an adjustment, by the whole way of a job."""
    steps = [{"type": "adjust", "params": parameters}]
    return levels(process(encoded(image), steps, {"format": "PNG"}, plan="exact").data)


def each_frame(picture: Picture, **parameters: Any) -> list[np.ndarray]:
    changed = Adjust.read(parameters).run(picture)
    return [frame.numpy().astype(np.int64) for frame in changed.frames]


def to_light(shares: np.ndarray) -> np.ndarray:
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def from_light(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def oklab(shares: np.ndarray) -> np.ndarray:
    """Return Oklab of sRGB, with the matrices that its author published."""
    to_cone = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.cbrt(to_light(shares) @ np.array(to_cone).T) @ np.array(to_lab).T


def from_oklab(lab: np.ndarray) -> np.ndarray:
    to_cone = [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.2914855480],
    ]
    to_rgb = [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
    return from_light((lab @ np.array(to_cone).T) ** 3 @ np.array(to_rgb).T) * 255


@pictures
@pytest.mark.parametrize("name", NEUTRAL)
def test_neutral_values_change_no_pixel(name: str, image: Image.Image) -> None:
    assert furthest(adjusted(image, **{name: NEUTRAL[name]}), levels(image)) == 0


@pictures
def test_all_neutral_values_at_once_change_no_pixel(image: Image.Image) -> None:
    assert furthest(adjusted(image, **NEUTRAL), levels(image)) == 0
    assert furthest(adjusted(image, hue=360), levels(image)) == 0


@pictures
@pytest.mark.parametrize("factor", [0, 0.5, 1.5, 2, 5, 10])
def test_sharpness_is_pillows(factor: float, image: Image.Image) -> None:
    expected = ImageEnhance.Sharpness(image).enhance(factor)
    assert furthest(adjusted(image, sharpness=factor), levels(expected)) == 0


@pictures
@pytest.mark.parametrize("gamma", [0.1, 0.5, 2.2, 10])
def test_gamma_is_its_formula(gamma: float, image: Image.Image) -> None:
    expected = 255 * (levels(image) / 255) ** (1 / gamma)
    assert np.abs(adjusted(image, gamma=gamma) - expected).max() <= 0.51


@pictures
@pytest.mark.parametrize("stops", [-10, -1, 0.5, 2, 10])
def test_exposure_multiplies_light(stops: float, image: Image.Image) -> None:
    expected = from_light(to_light(levels(image) / 255) * 2**stops) * 255
    assert np.abs(adjusted(image, exposure=stops) - expected).max() <= 0.51


def test_curves_in_a_row_are_rounded_once() -> None:
    expected = from_light(to_light((levels(GREYS) / 255) ** (1 / 1.8)) / 2) * 255
    assert np.abs(adjusted(GREYS, gamma=1.8, exposure=-1) - expected).max() <= 0.51


@pictures
@pytest.mark.parametrize(("temperature", "tint"), [(100, 0), (-100, 0), (0, 100), (-30, -60)])
def test_temperature_and_tint_are_gains_of_light(
    temperature: float, tint: float, image: Image.Image
) -> None:
    warm, magenta = temperature / 200, tint / 200
    gains = 2.0 ** np.array([warm + magenta / 2, -magenta, magenta / 2 - warm])
    gains /= gains @ np.array(LUMINANCE)
    expected = from_light(to_light(levels(image.convert("RGB")) / 255) * gains) * 255
    found = adjusted(image, temperature=temperature, tint=tint)
    assert np.abs(found - expected).max() <= 0.51


@pytest.mark.parametrize(
    ("given", "more", "less"),
    [({"temperature": 50}, 0, 2), ({"temperature": -50}, 2, 0), ({"tint": 50}, 0, 1),
     ({"tint": -50}, 1, 2)],
    ids=str,
)  # fmt: skip
def test_warm_is_red_and_magenta_is_not_green(given: dict[str, Any], more: int, less: int) -> None:
    found = adjusted(Image.new("RGB", (2, 2), (128, 128, 128)), **given)[0, 0]
    assert found[more] > 128 > found[less]
    light = to_light(found / 255) @ np.array(LUMINANCE)
    assert abs(light - to_light(np.array(128 / 255))) < 0.002


@pytest.mark.parametrize("image", [CAT, PICTURES["noise"]], ids=["cat", "noise"])
@pytest.mark.parametrize("degrees", [30, -90, 180, 359])
def test_hue_turns_in_oklch(degrees: float, image: Image.Image) -> None:
    lab = oklab(levels(image) / 255)
    turn = np.deg2rad(degrees)
    cos, sin = np.cos(turn), np.sin(turn)
    turned = lab @ np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]).T
    difference = np.abs(adjusted(image, hue=degrees) - from_oklab(turned))
    print("furthest", difference.max(), "mean", difference.mean())
    assert difference.max() <= 1.5
    assert difference.mean() <= 0.4


@pytest.mark.parametrize("image", [CAT, PICTURES["noise"]], ids=["cat", "noise"])
@pytest.mark.parametrize("vibrance", [-1, -0.4, 0.5, 1])
def test_vibrance_raises_weak_colours_more(vibrance: float, image: Image.Image) -> None:
    lab = oklab(levels(image) / 255)
    chroma = np.hypot(lab[..., 1], lab[..., 2])[..., None]
    factor = 1 + vibrance * (1 - chroma / 0.33)
    lab[..., 1:] *= factor
    difference = np.abs(adjusted(image, vibrance=vibrance) - from_oklab(lab))
    print("furthest", difference.max(), "mean", difference.mean())
    assert difference.max() <= 1.5
    assert difference.mean() <= 0.4


@pytest.mark.parametrize("given", [{"hue": 77}, {"vibrance": 1}, {"vibrance": -1}], ids=str)
def test_greys_have_no_colour_to_change(given: dict[str, Any]) -> None:
    assert furthest(adjusted(GREYS, **given), levels(GREYS)) == 0
    coloured = GREYS.convert("RGB")
    assert furthest(adjusted(coloured, **given), levels(coloured)) == 0


def lifted(share: np.ndarray, strength: float) -> np.ndarray:
    grid = np.linspace(0, 1, 100_001)
    curve = grid + 2 * abs(strength) * grid * (1 - grid) ** 3
    return np.interp(share, grid, curve) if strength >= 0 else np.interp(share, curve, grid)


@pytest.mark.parametrize("strength", [-100, -35, 20, 100])
def test_highlights_and_shadows_are_their_curves_on_grey(strength: float) -> None:
    share = levels(GREYS) / 255
    brighter = adjusted(GREYS, shadows=strength)
    assert np.abs(brighter - 255 * lifted(share, strength / 100)).max() <= 0.51
    expected = 255 * (1 - lifted(1 - share, -strength / 100))
    found = adjusted(GREYS, highlights=strength)
    assert np.abs(found - expected).max() <= 0.51
    for curve in (brighter[0], found[0]):
        assert np.all(np.diff(curve) >= 0)
        assert (curve[0], curve[255]) == (0, 255)


def test_shadows_change_the_dark_and_highlights_the_bright() -> None:
    for name, part in (("shadows", slice(20, 100)), ("highlights", slice(150, 235))):
        change = np.abs(adjusted(GREYS, **{name: 60})[0] - np.arange(256))
        assert change[part].mean() > 15
        assert change[235:].mean() < 2 if name == "shadows" else change[:20].mean() < 2


@pytest.mark.parametrize("given", [{"shadows": 100}, {"highlights": -100}, {"shadows": -70}])
def test_highlights_and_shadows_keep_the_hue(given: dict[str, Any]) -> None:
    found = adjusted(CAT, **given)
    inside = ((found > 8) & (found < 247)).all(axis=2)
    coloured = np.ptp(levels(CAT), axis=2) > 40
    hues = [
        np.arctan2(lab[..., 2], lab[..., 1]) for lab in map(oklab, (levels(CAT) / 255, found / 255))
    ]
    turned = np.abs(hues[0] - hues[1])[inside & coloured]
    print("turned", turned.max(), "mean", turned.mean(), turned.size)
    assert turned.size > 1000
    assert turned.mean() < 0.06
    luma = luma_of(CAT) / 255
    expected = (
        lifted(luma, given["shadows"] / 100)
        if "shadows" in given
        else 1 - lifted(1 - luma, -given["highlights"] / 100)
    )
    after = found @ np.array([0.299, 0.587, 0.114])
    assert np.abs(after - 255 * expected)[inside].max() <= 2


def test_auto_levels_is_near_to_pillows_autocontrast() -> None:
    muted = CAT.point([60 + step * 100 // 255 for step in range(256)] * 3)
    expected = levels(ImageOps.autocontrast(muted, (1, 1)))
    assert furthest(adjusted(muted, auto=["levels"]), expected) <= 1  # Pillow truncates
    expected = levels(ImageOps.autocontrast(muted, (1, 1), preserve_tone=True))
    assert furthest(adjusted(muted, auto=["contrast"]), expected) <= 4  # and so does its luma
    grey = GREY.point([60 + step * 100 // 255 for step in range(256)])
    assert furthest(adjusted(grey, auto=["contrast"]), adjusted(grey, auto=["levels"])) == 0


@pytest.mark.parametrize("cast", [(1.0, 0.8, 0.6), (0.7, 0.9, 1.0), (0.85, 1.0, 0.85)], ids=str)
def test_white_balance_takes_a_cast_away(cast: tuple[float, float, float]) -> None:
    light = to_light(levels(GREY)[..., None] / 255) * np.array(cast)
    image = Image.fromarray(np.rint(from_light(light) * 255).astype(np.uint8))
    found = adjusted(image, auto=["white_balance"])
    before, after = (np.abs(rgb2lab(one / 255)[..., 1:]).mean() for one in (levels(image), found))
    print("chroma", before, after)
    assert after < 0.12 * before
    assert abs(luma_of(Image.fromarray(found.astype(np.uint8))).mean() - luma_of(image).mean()) < 3


def test_white_balance_does_not_bleach_a_picture_of_one_colour() -> None:
    found = adjusted(Image.new("RGB", (20, 20), (220, 60, 30)), auto=["white_balance"])[0, 0]
    assert found[0] > found[1] + 50
    assert furthest(adjusted(GREY, auto=["white_balance"]), levels(GREY)) == 0


def test_words_of_auto_are_done_in_their_order() -> None:
    muted = CAT.point([20 + step // 2 for step in range(256)] * 3)
    steps = [[{"type": "adjust", "params": {"auto": [word]}} for word in words] for words in (
        ("white_balance", "levels"), ("levels", "white_balance"))]  # fmt: skip
    one, other = (levels(process(encoded(muted), step, {"format": "PNG"}).data) for step in steps)
    assert furthest(one, adjusted(muted, auto=["white_balance", "levels"])) == 0
    assert furthest(other, adjusted(muted, auto=["levels", "white_balance"])) == 0
    assert furthest(one, other) > 0


@pytest.mark.parametrize("word", ["levels", "white_balance", "contrast"])
@pytest.mark.parametrize("color", [0, 90, 255])
def test_auto_leaves_a_flat_grey_alone(word: str, color: int) -> None:
    for mode in ("L", "RGB"):
        image = Image.new("L", (12, 9), color).convert(mode)
        assert furthest(adjusted(image, auto=[word]), levels(image)) == 0


@pytest.mark.parametrize("given", [{"auto": [word]} for word in ("levels", "white_balance",
                                                                 "contrast")], ids=str)  # fmt: skip
def test_what_cannot_be_seen_is_not_counted(given: dict[str, Any]) -> None:
    dark, bright = (adjusted(cutout(hidden), **given) for hidden in (0, 255))
    seen = dark[..., 3] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    assert furthest(adjusted(Image.new("RGBA", (5, 4)), **given)[..., 3], np.zeros((4, 5))) == 0


@pytest.mark.parametrize("given", [{"contrast": 2}, {"auto": ["levels", "white_balance"]},
                                   {"auto": ["contrast"]}], ids=str)  # fmt: skip
def test_all_frames_are_changed_alike(given: dict[str, Any]) -> None:
    dim = CAT.point([step // 3 for step in range(256)] * 3)
    bright = CAT.point([150 + step // 3 for step in range(256)] * 3)
    both = each_frame(frames(dim, bright), **given)
    swapped = each_frame(frames(bright, dim), **given)
    assert furthest(both[0], swapped[1]) == furthest(both[1], swapped[0]) == 0
    assert both[0].mean() + 50 < both[1].mean()


@pytest.mark.parametrize("name", [name for name in NEUTRAL if name != "auto"])
def test_all_at_once_are_those_in_a_row(name: str) -> None:
    given = {"brightness": 1.1, "gamma": 1.3, name: EVERYTHING[name]}
    order = [key for key in NEUTRAL if key in given]
    steps = [{"type": "adjust", "params": {key: given[key]}} for key in order]
    expected = levels(process(encoded(CAT), steps, {"format": "PNG"}).data)
    found = adjusted(CAT, **given)
    print("furthest", furthest(found, expected))
    # Gamma, exposure and white balance are rounded once together instead of one after the other.
    light = name in {"exposure", "temperature", "tint"}
    assert furthest(found, expected) <= (3 if light else 0)
    assert apart(found, expected) <= (0.6 if light else 0)


@pytest.mark.parametrize("given", [{}, EVERYTHING, {"contrast": 0, "sharpness": 10},
                                   {"exposure": 10, "shadows": 100, "gamma": 10},
                                   {"exposure": -10, "highlights": -100, "gamma": 0.1},
                                   {"saturation": 10, "vibrance": 1, "hue": -360}],
                         ids=",".join)  # fmt: skip
@pytest.mark.parametrize(
    "image",
    [noise((1, 1)), noise((2, 1)), noise((1, 40)), noise((1, 1), bands=1), GREY, cutout(),
     cutout().convert("LA"), Image.new("RGBA", (7, 5))],
    ids=lambda image: f"{image.mode} {image.size}",
)  # fmt: skip
def test_awkward_pictures(image: Image.Image, given: dict[str, Any]) -> None:
    [found] = each_frame(frames(image), **given)
    bands = len(image.getbands())
    grows = bool(given.get("temperature"))
    expected = {1: 3, 2: 4}.get(bands, bands) if grows else bands
    assert np.atleast_3d(found).shape == (image.height, image.width, expected)
    if bands % 2 == 0:
        assert furthest(found[..., -1], levels(image)[..., -1]) == 0


def test_a_file_that_is_read_from_top_to_bottom_gives_the_same() -> None:
    data = encoded(noise((300, 900)))
    sequential = process(data, [{"type": "adjust", "params": EVERYTHING}], {"format": "PNG"})
    whole = pyvips.Image.new_from_buffer(data, "").copy_memory()
    [found] = each_frame(Picture((whole,)), **EVERYTHING)
    assert furthest(levels(sequential.data), found) == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"brightness": -0.1}, "at least 0"), ({"contrast": 10.1}, "at most 10"),
        ({"hue": 361}, "at most 360"), ({"vibrance": 1.1}, "at most 1"),
        ({"gamma": 0}, "at least 0.1"), ({"exposure": 11}, "at most 10"),
        ({"temperature": 101}, "at most 100"), ({"tint": -101}, "at least -100"),
        ({"highlights": "10"}, "expected a number"), ({"shadows": True}, "expected a number"),
        ({"sharpness": 11}, "at most 10"), ({"auto": "levels"}, "expected a list"),
        ({"auto": ["colour"]}, "'levels'"), ({"auto": ["levels", "levels"]}, "each word"),
        ({"vibrence": 1}, 'did you mean "vibrance"?'),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_out_of_range_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ImageWorkerError) as refused:
        adjusted(noise((4, 4)), **given)
    assert said in refused.value.message
