"""One model in the table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from image_worker.component import Model, Several

Job = Literal["objects", "faces", "people", "matte", "upscale", "classify"]
"""What a model is for: `people` and `matte` both cut out a foreground."""

Layout = Literal[
    "yolo", "yolo-end", "detr", "detr-deploy", "yolox", "ssd", "blazeface", "mask", "upscale",
    "scores",
]  # fmt: skip
"""How outputs are to be read."""

_Side = Annotated[int, Field(ge=16, le=4096)]
_Channels = Annotated[Several[float], Field(min_length=3, max_length=3)]


class Spec(Model):
    """One model in the table; whatever is left out is guessed from its file.

    The guess knows exports of Ultralytics, RT-DETR and D-FINE, RF-DETR, transformers, YOLOX, masks
    and super-resolution.
    """

    task: Job
    """What it is for."""

    file: Annotated[str, Field(min_length=1, max_length=500)]
    """Its file: a path, or a name that is looked for in the folders of models."""

    licence: str
    """Its licence, as SPDX writes it, such as `Apache-2.0`."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Digest of the file; another file is refused. Default: any file."""

    bytes: Annotated[int, Field(ge=1)] | None = None
    """Size of the file in bytes."""

    url: str | None = None
    """Where `image-worker models pull` gets it."""

    hugging_face: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+(@[\w.-]+)?$")] | None = None
    """Repository that holds it on Hugging Face, with a revision if wanted: `owner/name@revision`.
    `path` is the file in it. RunPod's cached models are found by it."""

    path: str | None = None
    """Path of the file in the repository."""

    usual: bool = False
    """Whether it is used where a job names no model; the last one in the table counts."""

    verified: bool = True
    """Whether the entry was tried with the real file by those who wrote it."""

    layout: Layout | None = None
    """How its outputs are read."""

    width: _Side | None = None
    """Width of the picture that it takes, 16 to 4096 pixels."""

    height: _Side | None = None
    """Height of the picture that it takes, 16 to 4096 pixels."""

    fit: Literal["stretch", "letterbox", "corner"] | None = None
    """How a picture of other proportions is put in: stretched, in the middle of bars, or at the
    upper left with bars at the right or below."""

    bars: Annotated[int, Field(ge=0, le=255)] | None = None
    """Level of the bars, 0 to 255."""

    levels: Literal[1, 255] | None = None
    """The number that stands for white, before `mean` and `std`."""

    mean: _Channels | None = None
    """Subtracted from red, green and blue."""

    std: _Channels | None = None
    """By which red, green and blue are divided then."""

    channels: Literal["rgb", "bgr"] | None = None
    """Order of the channels."""

    labels: (
        Annotated[Several[str], Field(max_length=20_000)] | Literal["coco80", "coco91"] | None
    ) = None
    """What its classes are called, by their numbers; an empty text is a class that is no thing."""

    logits: bool | None = None
    """Whether a mask has numbers that the logistic function turns into 0 to 1."""

    twice: bool = False
    """Whether to look twice, the second time at the mirror image: what only one of the looks is
    sure of loses half of its confidence. It is done with a margin around the picture, so that
    things at its edge are seen whole, and without for small things."""

    context: Annotated[int, Field(ge=0, le=256)] = 16
    """Pixels around a piece of the picture that an `upscale` model has to see, 0 to 256: its
    receptive field, beyond which nothing changes the result."""

    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Least confidence where a job says nothing."""

    overlap: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How much two boxes of one class may overlap (IoU), where the model leaves that to us."""
