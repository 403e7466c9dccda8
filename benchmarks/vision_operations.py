"""How good and how dear the operations are that see: `python -m benchmarks.vision_operations`.

People are cut out of scenes and things out of even grounds, both with masks that are known; faces
are hidden and looked for again by every detector; the bytes of the results are searched for what
the source said. Then memory while a picture of 2 megapixels is enlarged, and the cost of five
operations that ask for the same faces. The status is 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import skimage
from PIL import Image

from image_worker.pixels.cutting import cut
from image_worker.vision import Wanted
from tests.job.making import bytes_in, encoded, text_of, worker
from tests.operations.moving import made, picture
from tests.operations.seen import (
    SCENES,
    array,
    blob,
    counted,
    goods,
    mask_of,
    mixed,
    overlap,
    standing,
)
from tests.pictures import PHOTOGRAPHS, photograph

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZE = (480, 360)
_GOODS = 60
_LOOKS = ("faces", {"detect": "faces", "tiles": True})
_METHODS = ("pixelate", "blur", "fill")
_MEGABYTES = 64


def main() -> int:
    """Measure everything; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.vision_operations", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--upscale", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upscale:
        return _grow()
    met = [*_people(), *_goods(), *_edges(), *_hidden(), *_traces(), *_memory()]
    met += _shared(options.rounds)
    return 0 if all(met) else 1


def _told(what: str, value: float, bar: float, *, most: bool = False) -> bool:
    met = value <= bar if most else value >= bar
    sign = "at most" if most else "at least"
    print(f"{what:64}{value:9.3f}  {sign} {bar:g}: {'met' if met else 'NOT MET'}")
    return met


def _people() -> Iterator[bool]:
    for share, bar in ((1.0, 0.85), (0.6, 0.75), (0.35, 0.0)):
        known = [standing(scene, share) for scene in SCENES]
        found = [overlap(mask_of(each, method="people", min_confidence=0), each.mask)
                 for each in known]  # fmt: skip
        title = f"people, {share:.0%} of the height, mean IoU ({len(known)} scenes)"
        yield _told(title, statistics.fmean(found), bar)


def _goods() -> Iterator[bool]:
    for graded in (False, True):
        known = [goods(number, graded=graded) for number in range(_GOODS)]
        found = [overlap(mask_of(each), each.mask) for each in known]
        ground = "changing evenly" if graded else "even"
        title = f"things on grounds that are {ground}, mean IoU ({_GOODS}, JPEG 85)"
        yield _told(title, statistics.fmean(found), 0.95)


def _edges() -> Iterator[bool]:
    """Compare the colours at soft edges with the truth, upon another ground."""
    errors: dict[bool, list[float]] = {False: [], True: []}
    for number in range(12):
        subject, ground, other = (
            np.asarray(photograph(name, _SIZE))
            for name in (PHOTOGRAPHS[number % 3], SCENES[number % 6], "grass.png")
        )
        mask = cv2.GaussianBlur(blob(number, _SIZE), (0, 0), 4)
        edge, truth = (mask > 10) & (mask < 245), mixed(subject, other, mask).astype(int)
        start = picture(mixed(subject, ground, mask), mask)
        for decontaminate, found in errors.items():
            image = cut(*start.frames, decontaminate=decontaminate).numpy()
            laid = mixed(image[..., :3], other, image[..., 3]).astype(int)
            found.append(float(np.abs(laid - truth)[edge].mean()))
    plain, refined = (statistics.fmean(errors[key]) for key in (False, True))
    title = f"error of colours at the edge, as a share of {plain:.1f} levels"
    yield _told(title, refined / plain, 0.8, most=True)


def _portraits() -> list[Any]:
    faces = [np.dstack([(face * 255).clip(0, 255).astype(np.uint8)] * 3)
             for face in skimage.data.lfw_subset()[:100]]  # fmt: skip
    large = [np.asarray(Image.fromarray(face).resize((100, 100))) for face in faces]
    return [array("astronaut.png"), array("camera.png"), *large]


def _hidden() -> Iterator[bool]:
    portraits = _portraits()
    for looked in _LOOKS:
        for method in _METHODS:
            step = made("redact", regions=looked, method=method, verify=True)
            hidden = [step.run(picture(each)) for each in portraits]
            again = [_again(result) for result in hidden if dict(result.details)["regions"]]
            named = "faces" if looked == "faces" else "faces in tiles"
            title = f"{named} hidden by {method} and found again (of {len(again)})"
            yield _told(title, sum(again), 0, most=True)


def _again(result: Any) -> bool:
    """Tell whether a detector finds a face in what was hidden."""
    boxes = [tuple(box.values()) for box in dict(result.details)["regions"]]
    for tiles in (False, True):
        for one in result.detect(Wanted("faces", tiles=tiles), afresh=True).detections:
            x, y = (one.box.left + one.box.right) / 2, (one.box.top + one.box.bottom) / 2
            if any(left <= x < right and top <= y < bottom for left, top, right, bottom in boxes):
                return True
    return False


def _traces() -> Iterator[bool]:
    secret, buffer = b"made-by-the-astronaut-herself", io.BytesIO()
    tags = Image.Exif()
    tags[0x13B] = secret.decode()
    photograph("astronaut.png").save(buffer, "JPEG", exif=tags, xmp=secret, comment=secret)
    source = {"base64": text_of(buffer.getvalue() + secret)}
    for name in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
        step = {"redact": {"regions": "faces", "require": 1}}
        answer = worker().answer(
            {"image": source, "operations": [step], "output": {"format": name}}
        )
        title = f"traces of the source in the bytes of {name}"
        yield _told(title, bytes_in(answer).count(secret), 0, most=True)


def _memory() -> Iterator[bool]:
    for scale in ("2", "4"):
        command = [
            sys.executable,
            "-m",
            "benchmarks.vision_operations",
            "--upscale",
            "--rounds",
            scale,
        ]
        grown = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        yield _told(
            f"megabytes that upscaling 2 megapixels by {scale} takes", grown, _MEGABYTES, most=True
        )


def _grow() -> int:
    """Print how many megabytes the process grows while it enlarges a picture."""
    scale = int(sys.argv[-1])
    data = encoded(photograph("chelsea.png", (1600, 1250)), "JPEG")

    def enlarge(source: bytes, by: int) -> None:
        job = {"image": {"base64": text_of(source)}, "operations": [{"upscale": {"scale": by}}]}
        worker(engine=None).do(job)

    enlarge(encoded(photograph("chelsea.png", (64, 50)), "JPEG"), scale)  # all that is loaded once
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins anew
    before = _kilobytes("VmRSS")
    enlarge(data, scale)
    print((_kilobytes("VmHWM") - before) / 1024)
    return 0


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _shared(rounds: int) -> Iterator[bool]:
    """Count how often the model runs for one and for five operations, and compare their CPU."""
    source = {"base64": text_of(encoded(photograph("astronaut.png"), "JPEG"))}
    seen = {"detect": "faces", "tiles": True}
    here, runs = worker(cache_bytes=0), dict.fromkeys((1, 5), 0)
    spent: dict[int, list[float]] = {1: [], 5: []}
    for _ in range(rounds):
        for count, times in spent.items():
            steps = [_look(seen)] * count
            started = time.process_time()
            with counted() as made:
                here.do({"image": source, "operations": steps, "cache": "off"})
            times.append(time.process_time() - started)
            runs[count] = len(made)
    one, five = (min(times) * 1000 for times in spent.values())
    print(f"CPU ms of one operation that looks and draws {one:.0f}, of five {five:.0f}")
    ratio = runs[5] / runs[1]
    yield _told("runs of the model for five operations, of those for one", ratio, 1, most=True)


def _look(seen: dict[str, Any]) -> dict[str, Any]:
    return {"annotate": {"show": seen, "width": 1}}


if __name__ == "__main__":
    sys.exit(main())
