"""docs/vision.md: what can be seen in pictures, shown on photographs, and where it fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pictures as drawn
import pyvips

from pages.shown import beside, made, photograph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEIGHT = 300
FOLDER = "vision"


@dataclass(frozen=True)
class Example:
    """A job, and what it is shown on."""

    name: str
    title: str
    text: str
    steps: tuple[dict[str, Any], ...]
    before: Callable[[], pyvips.Image]


def goods() -> pyvips.Image:
    """Draw the badge as shops show what they sell."""
    width, height = 400, HEIGHT
    light = pyvips.Image.xyz(width, height)[1] * (-30 / height) + 236
    ground = light.bandjoin([light, light]).cast("uchar").copy(interpretation="srgb")
    thing = drawn.badge(220)
    return ground.composite2(thing, "over", x=90, y=40).flatten().cast("uchar")


def notice() -> pyvips.Image:
    """Write somebody's name upon the sunset."""
    text = {"content": "Gate 7: Ms. Ada Lovelace", "size": 26, "color": "white"}
    (written,) = made(drawn.sunset(400, HEIGHT), {"overlay": {"text": text, "gravity": "center"}})
    return written


def taken(name: str, height: int = HEIGHT) -> Callable[[], pyvips.Image]:
    """Return how the photograph is had."""
    return lambda: photograph(name, height)


EXAMPLES = (
    Example(
        "detection", "Detection",
        "Boxes, and what a model calls them. `analyze` tells the same as JSON.",
        ({"annotate": {"show": ["faces", "object:person"], "labels": True}},),
        taken("astronaut.png"),
    ),
    Example(
        "things", "Things",
        "The built-in model knows 23 kinds of things.",
        ({"annotate": {"show": {"detect": "objects"}, "labels": True, "color": "#0a84ff"}},),
        taken("chelsea.png"),
    ),
    Example(
        "people", "Background removal: people",
        "`auto` sees a person, and takes the network that was trained on people.",
        ({"remove_background": {}},),
        taken("astronaut.png"),
    ),
    Example(
        "goods", "Background removal: an even ground",
        "`auto` sees a border of one colour, and takes away all that hangs together with it.",
        ({"remove_background": {}},),
        goods,
    ),
    Example(
        "segment", "Segmentation by a name",
        "The detector finds the cat, and GrabCut its edge. A `box` or `points` do as well.",
        ({"segment": {"classes": ["cat"]}},),
        taken("chelsea.png"),
    ),
    Example(
        "redact", "Redaction",
        "Sixteen values are left of a face. `verify` looks again, and fails if there is still one.",
        ({"redact": {"regions": "faces", "require": 1, "verify": True}},),
        taken("astronaut.png"),
    ),
    Example(
        "redact_text", "Redaction of text",
        "Every line that is read is hidden (extra `ocr`).",
        ({"redact": {"regions": "text", "method": "fill", "color": "#222"}},),
        notice,
    ),
    Example(
        "face_crop", "Crops that keep the face",
        "A selector says where to look: in `gravity`, in `crop.to`, in `where`.",
        ({"resize": {"width": 220, "height": 220, "fit": "cover", "gravity": "face"}},
         {"crop": {"to": "face", "margin": "20%"}}),
        taken("astronaut.png"),
    ),
    Example(
        "where", "Changes to a part",
        "Any filter, limited to what is seen.",
        ({"filter": {"name": "grayscale"},
          "where": {"detect": "objects", "invert": True, "feather": 8}},),
        taken("coffee.png"),
    ),
    Example(
        "crop_objects", "A result for each thing",
        "Further results, named `object_1` and so on.",
        ({"crop_objects": {"to": [{"detect": "objects", "min_confidence": 0.4}], "margin": "5%"}},),
        taken("coffee.png"),
    ),
    Example(
        "upscale", "Upscaling",
        "No model is built in, so this is Lanczos, and the answer says so; a model takes over.",
        ({"upscale": {"scale": 3}},),
        taken("chelsea.png", 110),
    ),
)  # fmt: skip


def pictures() -> Iterator[tuple[str, pyvips.Image]]:
    """Yield every picture of the gallery by its name."""
    for one in EXAMPLES:
        before = one.before()
        yield one.name, beside(before, *made(before, *one.steps))


def page() -> str:
    """Return the page."""
    return f"{HEAD}{''.join(map(_section, EXAMPLES))}{TAIL}"


def _section(one: Example) -> str:
    job = json.dumps({"operations": list(one.steps)})
    return (
        f"### {one.title}\n\n{one.text}\n\n```json\n{job}\n```\n\n"
        f"![{one.title}, before and after]({FOLDER}/{one.name}.webp)\n\n"
    )


HEAD = """# Seeing

Detection, segmentation, background removal, redaction, text and upscaling, in the same jobs as all
else. They need the extra `vision`, text also the extra `ocr`:

```sh
pip install 'worker-image[vision,ocr]'
```

Without it these operations are still in the schema, and a job that uses one fails with
`needs_extra`. What is built in needs no download and no network: four small models (Apache-2.0, 11
MB), GrabCut, a method for even grounds, QR and bar codes, and with `ocr` the text models of
RapidOCR. [operations.md](operations.md) has every parameter.

## Gallery

Before on the left, after on the right; each is made by the job above it. The photographs come with
scikit-image: the astronaut is NASA's, in the public domain; the cat (Stefan van der Walt) and the
coffee (Rachel Michetti) are CC0.

"""
TAIL = """## What is seen, as JSON

```json
{"image": "https://example.com/street.jpg", "output": {"format": "json"},
 "analyze": ["faces", {"objects": {"min_confidence": 0.4, "masks": "rle"}}, "text", "codes"]}
```

Each answers `{"detections": [{"label", "confidence", "box": {"left", "top", "right", "bottom"}}],
"model": {"name", "sha256", "licence"}}`, the surest first, in pixels of the upright picture; faces
have `landmarks`, text and codes `text` and `corners`. A box can be pasted into any operation. What
was seen once is used by all steps of a job until one moves pixels. On the command line
`image-worker analyze --want faces,objects --draw seen.jpg photo.jpg` tells and draws it, and the
page has switches for it below the picture. `{"when": {"faces": {">": 0}}}` makes a step depend on
what is seen.

Other tools read it in a line:

```python
import numpy as np
import supervision as sv

boxes = np.array([list(one["box"].values()) for one in found["detections"]], float).reshape(-1, 4)
sv.Detections(xyxy=boxes, confidence=np.array([one["confidence"] for one in found["detections"]]))
```

```python
from pycocotools import mask  # with "masks": "rle"

mask.decode({**one["mask"], "counts": one["mask"]["counts"].encode()})
```

## What each method does not see

- **Faces** (BlazeFace, short range): finds faces from about a tenth of the picture's longer side
  on, towards the camera or half away, and smaller ones with `tiles`. Misses faces from behind,
  upside down, masked, in the dark or very small; what is shaped like a head may pass for one. It is
  no proof that nobody is there.
- **Objects** (SSD MobileNetV2): one to a few large things of 23 kinds. Not for crowds and small
  things; other kinds it may call by what it knows: the legs of a horse were footwear.
- **People** (selfie segmentation): people in the foreground, half as high as the picture or more.
  Not for people far away, animals and things: `remove_background` refuses where it finds neither a
  face nor a person, as the network itself would take nearly all of a cat for one.
- **Even ground**: pictures of goods, on a ground of one colour that may change evenly. Not for
  textures, scenes, hard shadows, or things in the colour of their ground. What a thing encloses,
  such as the inside of a handle, stays.
- **GrabCut in a box**: things whose colours differ from those around their box. Not for boxes that
  are all of the picture, camouflage, hair and glass; specks may stay or be missing.
- **Text** (PP-OCR): printed lines, upright or a little turned. Not for handwriting, and slow: a
  second or more a picture.
- **Upscaling by Lanczos**: larger without artefacts, but no detail that was not there.

Figures for all of them: `python -m benchmarks.vision_operations`. On composites with masks that are
known, people have a mean IoU of 0.93 at full height and 0.85 at 60 %, things on even grounds 0.97
after JPEG 85. Of 101 faces that were found and redacted with `verify` none is found again, in the
whole picture or in tiles; without it one is, a head against the sky, even if it is black.

## Redaction you can rely on, and where you cannot

- All pixels of a region are replaced, from at most 4 x 4 averages of what a detector found; nothing
  is smoothed first, so no fine structure survives. `fill` leaves nothing.
- The result has no metadata of the source, no thumbnail, no preview and nothing behind its end; the
  source and the result are never cached, and no option hands the source back.
- A detector that is missing, damaged or fails makes the job fail. `require: n` makes it fail where
  fewer than `n` things were found, `verify: true` where something is still found afterwards.
- What the detector misses stays visible. Where that matters, name regions by hand too, ask for
  `tiles`, put a better model into the table, and have a person look.

## Models of your own

The table of models is `models.toml` in the package; a file named by `IMAGE_WORKER_MODELS` is laid
over it. An entry needs a task, a file and a licence; how an ONNX file is fed and read is guessed
from its graph (YOLO, RT-DETR, D-FINE, RF-DETR, DETR, YOLOX, masks, super-resolution), and each
guess can be overridden. A job names a model by its name in the table, never by a path or a URL:

```toml
[parts]
task = "objects"
file = "/models/parts.onnx"
licence = "MIT"
labels = ["screw", "nut"]
```

```json
{"annotate": {"show": {"detect": "objects", "model": "parts", "classes": ["screw"]}}}
```

`image-worker models list`, `pull` and `verify` show, fetch and check them.
"""
