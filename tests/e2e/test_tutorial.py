"""What RunPod's tutorial for this worker documents runs as it is written there."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from src.image_processor import ImageProcessor
from src.rp_handler import handler
from tests.e2e.processes import ROOT, environment, python
from tests.job.making import FAILURE_KEYS, encoded, noise, picture_in, smooth, text_of
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PHOTO = smooth(1024, 768)
JPEG = encoded(PHOTO, "JPEG", quality=95)

README = """
{
  "image": {
    "base64": "base64_encoded_image_data"
  },
  "operations": [
    {
      "type": "resize",
      "params": {
        "width": 800,
        "height": 600,
        "maintain_aspect": true
      }
    },
    {
      "type": "filter",
      "params": {
        "name": "sharpen"
      }
    }
  ],
  "output": {
    "format": "JPEG",
    "quality": 85
  }
}
"""

TEST_INPUT = """
{
  "input": {
    "image": {
      "url": "https://images.unsplash.com/photo-1682687220063-4742bd7fd538"
    },
    "operations": [
      {
        "type": "resize",
        "params": {
          "width": 800,
          "height": 600,
          "maintain_aspect": true
        }
      },
      {
        "type": "filter",
        "params": {
          "name": "sharpen"
        }
      },
      {
        "type": "adjust",
        "params": {
          "brightness": 1.2,
          "contrast": 1.1
        }
      }
    ],
    "output": {
      "format": "JPEG",
      "quality": 90
    }
  }
}
"""

COMMAND = (
    "import json; from src.rp_handler import handler; "
    "print(json.dumps(handler(json.load(open('test_input.json'))), indent=2))"
)


def readme_job(data: bytes = JPEG, **more: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(README)
    return {**whole, "image": {"base64": text_of(data)}, **more}


def by_pillow(image: Image.Image, *, adjust: bool = False) -> Image.Image:
    """Do the tutorial's steps with what the tutorial does them with."""
    image = image.copy()
    image.thumbnail((800, 600), Image.Resampling.LANCZOS)
    image = image.filter(ImageFilter.SHARPEN)
    if adjust:
        image = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.2)).enhance(1.1)
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference in levels of two pictures of one size."""
    assert one.size == other.size
    levels = (np.asarray(image.convert("RGB"), dtype=float) for image in (one, other))
    return float(np.abs(np.subtract(*levels)).mean())


def reopened(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(encoded(image, "JPEG", quality=quality)))


def test_the_example_of_the_readme() -> None:
    answer = handler({"input": readme_job()})
    assert {"width": 800, "height": 600, "format": "JPEG"}.items() <= answer["metadata"].items()
    expected = reopened(by_pillow(Image.open(io.BytesIO(JPEG))), 85)
    assert difference(picture_in(answer), expected) < 1.5


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(ok(JPEG, "Content-Type: image/jpeg")) as server:
        yield server


def test_the_test_input_with_its_picture_from_the_web(origin: Origin, tmp_path: Path) -> None:
    event = json.loads(TEST_INPUT)
    event["input"]["image"]["url"] = origin.url("/photo-1682687220063-4742bd7fd538")
    (tmp_path / "test_input.json").write_text(json.dumps(event))
    # The command of the tutorial, where the container has mounted another test input.
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(
            PYTHONPATH=f"{ROOT}:{ROOT / 'src'}",
            IMAGE_WORKER_ALLOW_HOSTS=f"127.0.0.1:{origin.port}",
            IMAGE_WORKER_ALLOW_NETWORKS="127.0.0.0/8",
        ),
    )
    answer = json.loads(done.stdout)
    expected = reopened(by_pillow(Image.open(io.BytesIO(JPEG)), adjust=True), 90)
    assert difference(picture_in(answer), expected) < 1.5
    assert len(origin.heads) == 1


def test_the_local_test_as_written() -> None:
    done = python("-c", COMMAND)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    source = json.loads((ROOT / "test_input.json").read_text())["input"]
    picture = Image.open(io.BytesIO(_decoded(source["image"]["base64"])))
    expected = reopened(by_pillow(picture, adjust=True), 90)
    assert answer["metadata"]["format"] == "JPEG"
    assert difference(picture_in(answer), expected) < 2


def _decoded(text: str) -> bytes:
    import base64

    return base64.b64decode(text.rsplit("base64,", maxsplit=1)[-1])


def test_the_test_input_is_the_job_of_the_tutorial() -> None:
    ours = json.loads((ROOT / "test_input.json").read_text())["input"]
    theirs = json.loads(TEST_INPUT)["input"]
    assert ours["operations"] == theirs["operations"]
    assert ours["output"] == theirs["output"]


def test_the_batch() -> None:
    answer = handler({"input": {"images": [readme_job(), {"image": {}}, readme_job()]}})
    assert answer["success"]
    assert [result["success"] for result in answer["results"]] == [True, False, True]
    assert picture_in(answer["results"][2]).size == (800, 600)


def test_an_error_has_the_keys_of_the_tutorial() -> None:
    answer = handler({"input": {"operations": []}})
    assert answer.keys() == FAILURE_KEYS
    assert answer["success"] is False
    assert isinstance(answer["error"], str)


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "resize", "params": {"width": 800, "maintain_aspect": True}},
        {"type": "crop", "params": {"left": 10, "top": 20, "right": 110, "bottom": 220}},
        {"type": "filter", "params": {"name": "grayscale"}},
        {"type": "adjust", "params": {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0}},
        {"type": "adjust", "params": {"saturation": 1.0}},
        {"type": "adjust", "params": {}},
    ],
)
def test_operations_as_the_tutorial_documents_them(operation: dict[str, Any]) -> None:
    assert handler({"input": readme_job(operations=[operation])})["success"]


def test_the_class_of_the_tutorial() -> None:
    job = readme_job(encoded(noise(90, 60)), operations=[{"resize": {"width": 45}}])
    first, second = (ImageProcessor.process_image(job) for _ in range(2))
    assert picture_in(first).size == (45, 30)
    assert [first["cache"], second["cache"]] == ["off", "off"]
    states = [ImageProcessor.process_image_with_cache(job)["cache"] for _ in range(2)]
    assert states == ["miss", "hit"]
    assert ImageProcessor.process_image({})["code"] == "invalid_parameter"
    assert ImageProcessor.process_image(None)["success"] is False


def facts_by_numpy(image: Image.Image) -> dict[str, Any]:
    """Measure a picture as the tutorial does."""
    levels = np.array(image)
    weighted = sum(w * levels[..., band] for band, w in enumerate((0.299, 0.587, 0.114)))
    counts = [np.histogram(levels[..., band], bins=256, range=(0, 256))[0] for band in range(3)]
    return {
        "size": list(image.size),
        "mode": image.mode,
        "format": image.format,
        "brightness": pytest.approx(float(np.mean(weighted)), abs=1e-6),
        "histograms": {name: counts[band].tolist() for band, name in enumerate("rgb")},
    }


@pytest.mark.parametrize("form", ["bytes", "path", "opened", "made"])
def test_the_analysis_of_the_tutorial(form: str, tmp_path: Path) -> None:
    data = encoded(noise(), "PNG")
    (tmp_path / "a.png").write_bytes(data)
    opened = Image.open(io.BytesIO(data))
    given: Any = {"bytes": data, "path": tmp_path / "a.png", "opened": opened, "made": noise()}
    expected = facts_by_numpy(noise() if form == "made" else opened)
    assert ImageProcessor.analyze_image(given[form]).items() >= expected.items()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_open_pictures_of_every_mode_can_be_analysed(mode: str) -> None:
    image = Image.new("I;16", (9, 6)) if mode == "I;16" else noise(9, 6).convert(mode)
    facts = ImageProcessor.analyze_image(image)
    assert (facts["size"], facts["mode"], facts["format"]) == ([9, 6], mode, None)
