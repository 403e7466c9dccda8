"""The pictures in the answer to a job."""

from __future__ import annotations

import binascii
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pybase64

from image_worker import notebook
from image_worker.endpoint.errors import EndpointFaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IMAGE = "processed_image"
_URLS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a job that was done elsewhere. Shows itself in notebooks."""

    name: str
    """`image` for the main result, else the name of the rendition, with its width if it has any."""
    data: bytes = field(repr=False)
    """The bytes of the file; empty where it was delivered elsewhere."""
    url: str = field(default="", repr=False)
    """Where it was delivered, as far as the answer tells; such an address may let anybody in."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What is known of it: `width`, `height`, `format`, `mime`, `bytes` and more."""
    item: int | None = None
    """Of a batch: which job it is of, from 0."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.metadata["width"], self.metadata["height"]

    def save(self, path: str | Path) -> Path:
        """Write the file.

        Raises:
            ValueError: The picture is elsewhere; `url` may tell where.
            OSError: The file cannot be written.
        """
        if not self.data:
            raise ValueError(f"the picture {self.name} was delivered elsewhere; see `url`")
        target = Path(path)
        target.write_bytes(self.data)
        return target

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return notebook.bundle(self.metadata.get("mime", ""), self.data, repr(self))


def pictures(answer: Any, item: int | None = None) -> Iterator[Picture]:
    """Yield every picture of an answer: the main one, the renditions, those of a batch's jobs.

    Raises:
        EndpointFaultError: One of them is no picture in base64.
    """
    if not isinstance(answer, dict):
        return
    if answer.get(_IMAGE) is not None:
        yield _picture("image", answer, item)
    for name, rendition in _object(answer.get("outputs")).items():
        for one in rendition.get("variants", [rendition]):
            width = f"-{one['width']}" if "variants" in rendition else ""
            if one.get(_IMAGE) is not None:
                yield _picture(f"{name}{width}", one, item)
    for index, result in enumerate(answer.get("results") or ()):
        yield from pictures(result, index)


def _picture(name: str, told: dict[str, Any], item: int | None) -> Picture:
    image, metadata = str(told[_IMAGE]), _object(told.get("metadata"))
    if image.startswith(_URLS):
        return Picture(name, b"", image, metadata, item)
    head, comma, rest = image.partition(",")
    try:
        data = pybase64.b64decode(rest if comma else head, validate=True)
    except (binascii.Error, ValueError):
        raise EndpointFaultError(f"the picture {name} of the answer is not base64") from None
    mime = {"mime": head[len("data:") :].partition(";")[0]} if comma else {}
    return Picture(name, data, "", {**mime, **metadata}, item)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sentence(error: Any) -> str:
    """Return why a job failed, as one sentence.

    RunPod's SDK tells of exceptions as JSON in a text; the sentence stands in it.
    """
    told = error
    if isinstance(error, str) and error.lstrip().startswith("{"):
        try:
            told = json.loads(error)
        except ValueError:
            told = error
    if isinstance(told, dict):
        told = told.get("error_message") or told.get("message") or json.dumps(told)
    return str(told)
