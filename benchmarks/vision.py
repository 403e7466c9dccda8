"""How well and how fast the built-in models see: `python -m benchmarks.vision [--speed]`.

Quality is measured on the pictures that come with scikit-image: its hundred faces and hundred
patches without one (a part of "Labeled Faces in the Wild", grey, 25 x 25, enlarged four times), its
photographs, and a person cut out of one of them and laid upon others. Speed is CPU time, the median
of some rounds, beside what decoding the same JPEG to 1280 pixels takes.
"""

from __future__ import annotations

import argparse
import difflib
import statistics
import sys
import time
from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
import pyvips
from skimage import data

from image_worker.fields import Box
from image_worker.limits import Limits
from image_worker.picture import Picture
from image_worker.pipeline import Recipe, render
from image_worker.vision import Sight, Wanted

FACES = {"astronaut": Box(180, 82, 275, 177), "camera": Box(173, 119, 264, 210)}
FACELESS = ("coffee", "chelsea", "rocket", "coins", "page", "text", "brick")
THINGS = {
    "astronaut": ("person", Box(20, 14, 362, 512)),
    "chelsea": ("cat", Box(0, 0, 432, 300)),
    "coffee": ("coffee cup", Box(171, 17, 408, 308)),
}
"""What there is, and where, by hand."""
THINGLESS = ("rocket", "coins", "brick")
BACKGROUNDS = ("coffee", "chelsea", "rocket", "brick", "coins", "grass")
HEIGHTS = (1.0, 0.6, 0.35)
_PAGE = (
    "Region-based segmentation",
    "Let us first determine markers of the coins and the",
    "background. These markers are pixels that we can label",
    "unambiguously as either object or background. Here,",
    "the markers are found at the two extreme parts of the",
    "histogram of grey values:",
    "markers = np.zeros_like(coins)",
)
"""What stands on scikit-image's page."""


class Figure(NamedTuple):
    """One measure, and what it has to reach."""

    name: str
    value: float
    least: float
    told: str

    @property
    def reached(self) -> bool:
        """Whether it is good enough."""
        return self.value >= self.least


def levels(name: str) -> Any:
    """Return a picture of scikit-image as 8 bit red, green and blue."""
    loaded = getattr(data, name)()
    if loaded.dtype != np.uint8:
        loaded = (loaded * 255).astype(np.uint8)
    if loaded.ndim == 2:
        loaded = np.repeat(loaded[..., None], 3, 2)
    return np.ascontiguousarray(loaded[..., :3])


def picture(array: Any, sight: Sight | None = None) -> Picture:
    """Return an array as a picture on its way through a job."""
    rows, columns, _ = array.shape
    image = pyvips.Image.new_from_memory(array.tobytes(), columns, rows, 3, "uchar")
    return Picture((image.copy(interpretation="srgb"),), sight=sight or Sight())


def overlap(one: Box, other: Box) -> float:
    """Return the area in common, as a share of both."""
    common = Box(*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:])).size
    if min(common) <= 0:
        return 0.0
    area = common.width * common.height
    return area / (sum(box.size.width * box.size.height for box in (one, other)) - area)


def small_faces() -> tuple[int, int]:
    """Return how many of a hundred faces are found, and in how many of a hundred other patches."""
    found = []
    for patch in data.lfw_subset():
        large = cv2.resize((patch * 255).astype(np.uint8), None, fx=4, fy=4)
        seen = picture(np.repeat(large[..., None], 3, 2)).detect(Wanted("faces"))
        found.append(bool(seen.detections))
    return sum(found[:100]), sum(found[100:])


def faces() -> list[Figure]:
    """Measure faces."""
    hits, wrong = small_faces()
    right = [_best("faces", name, "face", box) for name, box in FACES.items()]
    others = sum(len(_found("faces", name)) for name in FACELESS)
    return [
        Figure("faces of 100", hits, 97, f"{hits}"),
        Figure("none of 100 other patches", -wrong, 0, f"{wrong} false"),
        Figure("faces in photographs", min(right), 0.6, f"IoU {', '.join(map(_two, right))}"),
        Figure("none in photographs without", -others, 0, f"{others} false"),
    ]


def objects() -> list[Figure]:
    """Measure things at a confidence of 0.5."""
    right = [_best("objects", name, *thing) for name, thing in THINGS.items()]
    wrong = sum(len(_found("objects", name)) for name in THINGLESS)
    cat = max(one.confidence for one in _found("objects", "chelsea"))
    return [
        Figure("things where they are", min(right), 0.8, f"IoU {', '.join(map(_two, right))}"),
        Figure("how sure of the cat", cat, 0.84, _two(cat)),
        Figure("nothing where nothing is", -wrong, 0, f"{wrong} false"),
    ]


def people() -> list[Figure]:
    """Measure the mask of people, who stand before other pictures in three sizes."""
    bars = dict(zip(HEIGHTS, (0.85, 0.75, 0.0), strict=True))
    return [_standing(height, bars[height]) for height in HEIGHTS]


def _standing(height: float, least: float) -> Figure:
    shares = [_cut_out(name, height) for name in BACKGROUNDS]
    mean = statistics.mean(shares)
    told = f"IoU {mean:.2f} ({', '.join(map(_two, shares))})"
    return Figure(f"people at {height:.0%} of the height", mean, least, told)


def _cut_out(background: str, height: float) -> float:
    whole, person = _person()
    side = int(512 * height)
    person, front = (
        cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in (person, whole)
    )
    scene = cv2.resize(levels(background), (640, 512)).astype(float)
    top, left = 512 - side, (640 - side) // 2
    place = slice(top, 512), slice(left, left + side)
    share = person[..., None] / 255
    scene[place] = front * share + scene[place] * (1 - share)
    truth = np.zeros((512, 640), bool)
    truth[place] = person > 127
    seen = _mask(picture(scene.astype(np.uint8))) > 127
    return float((seen & truth).sum() / (seen | truth).sum())


@cache
def _person() -> tuple[Any, Any]:
    """Return the picture of a person, and which pixels are hers."""
    whole = levels("astronaut")
    return whole, _mask(picture(whole))


def _mask(of: Picture) -> Any:
    mask = of.matte().mask
    return np.frombuffer(mask.write_to_memory(), np.uint8).reshape(mask.height, mask.width)


def text() -> list[Figure]:
    """Measure what is read of a page."""
    lines = sorted(_found("text", "page"), key=lambda one: one.box.top)
    said, meant = "".join(one.text or "" for one in lines), "".join(_PAGE)
    said, meant = said.replace(" ", ""), meant.replace(" ", "")
    matches = difflib.SequenceMatcher(None, said, meant, autojunk=False).get_matching_blocks()
    share = sum(block.size for block in matches) / len(meant)
    return [Figure("characters of a page", share, 0.95, f"{share:.1%}")]


def _found(task: Any, name: str) -> Any:
    least = 0.5 if task == "objects" else None
    return picture(levels(name)).detect(Wanted(task, min_confidence=least)).detections


def _best(task: Any, name: str, label: str, box: Box) -> float:
    found = _found(task, name)
    return max((overlap(one.box, box) for one in found if one.label == label), default=0.0)


def _two(number: float) -> str:
    return f"{number:.2f}"


def speed(rounds: int = 7) -> list[Figure]:
    """Measure jobs that only look, beside decoding to 1280 pixels."""
    jpeg = _jpeg()
    wants = {
        "faces": (["faces"], 1.3),
        "faces in tiles": ([{"faces": {"tiles": True}}], 2.5),
        "objects": (["objects"], 1.5),
    }
    times: dict[str, list[float]] = {name: [] for name in ("decoding", *wants)}
    for _ in range(rounds + 1):  # the first one loads the models
        times["decoding"].append(_took(lambda: _decoded(jpeg)))
        for name, (want, _) in wants.items():
            times[name].append(_took(lambda want=want: _looked(jpeg, want)))  # type: ignore[misc]
    middle = {name: statistics.median(spent[1:]) for name, spent in times.items()}
    return [
        Figure(
            f"{name} of 12 megapixels",
            -middle[name] / middle["decoding"],
            -bar,
            f"{middle[name] * 1000:.0f} ms, {middle[name] / middle['decoding']:.2f} of decoding",
        )
        for name, (_, bar) in wants.items()
    ]


def _jpeg() -> bytes:
    large = cv2.resize(levels("astronaut"), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(1).normal(0, 4, large.shape)
    image = picture((large + noise).clip(0, 255).astype(np.uint8)).image
    return bytes(image.jpegsave_buffer(Q=90))


def _decoded(jpeg: bytes) -> None:
    pyvips.Image.thumbnail_buffer(jpeg, 1280).write_to_memory()


def _looked(jpeg: bytes, want: list[Any]) -> None:
    recipe = {"image": {"given": "x"}, "analyze": want, "output": {"format": "JSON"}}
    render(Recipe.model_validate(recipe), {"x": jpeg}, limits=Limits())


def _took(work: Any) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> int:
    """Print the figures; the status is 1 if one of them is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vision", description=__doc__)
    parser.add_argument("--speed", action="store_true", help="measure CPU time instead of quality")
    options = parser.parse_args()
    import image_worker.catalog  # noqa: F401 - recipes name what is in it

    figures = speed() if options.speed else [*faces(), *objects(), *people(), *text()]
    for one in figures:
        print(f"{one.name:32} {'ok    ' if one.reached else 'MISSED'}  {one.told}")
    return 0 if all(one.reached for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
