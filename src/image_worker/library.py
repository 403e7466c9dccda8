"""The library: one call from a picture to a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from image_worker.settings import load
from image_worker.sources.memory import BytesSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from image_worker.operations.base import Operation
    from image_worker.pipeline import Rendered
    from image_worker.worker import Worker


@dataclass(frozen=True, slots=True)
class Result:
    """A finished picture and what is known of it. Shows itself in notebooks."""

    rendered: Rendered

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.rendered.data

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rendered.width, self.rendered.height

    @property
    def analysis(self) -> Mapping[str, Any]:
        """What was measured, by name."""
        return self.rendered.analysis

    def save(self, path: str | Path) -> Path:
        """Write the file; its format is that of the job, whatever the suffix says."""
        target = Path(path)
        target.write_bytes(self.data)
        return target

    def _repr_mimebundle_(self, **_: Any) -> dict[str, bytes | dict[str, Any]]:
        return {self.rendered.mime: self.data or dict(self.analysis)}


def process(
    image: bytes | str | Path,
    operations: Iterable[Operation | Mapping[str, Any]] = (),
    output: Mapping[str, Any] | None = None,
    **more: Any,
) -> Result:
    """Do one job in this process.

    Args:
        image: The bytes of a picture file, its path, or an `http`, `https` or `data:` URL.
        operations: Steps, as they stand in a job or as objects such as `Resize(width=800)`.
        output: How the result is written, such as `{"format": "WEBP", "quality": 80}`. Default:
            JPEG at quality 85.
        **more: Other keys of a job, such as `analyze=["brightness"]`.

    Raises:
        ImageWorkerError: The job is wrong, or the picture cannot be read; `code` says which.
        OSError: The file cannot be read.
    """
    worker = _worker()
    job = {
        "image": _source(image),
        "operations": list(operations),
        "output": dict(output or {}),
        "cache": "off",
        **more,
    }
    return Result(worker.do(job).rendered)


@cache
def _worker() -> Worker:
    return load().worker()


def _source(image: bytes | str | Path) -> str | BytesSource:
    if isinstance(image, str) and image.startswith(("http://", "https://", "data:")):
        return image
    return BytesSource(data=image if isinstance(image, bytes) else Path(image).read_bytes())
