"""The library: one call from a picture to a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from image_worker import notebook
from image_worker.settings import load
from image_worker.sources.memory import BytesSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from image_worker.operations.base import Operation
    from image_worker.pipeline import Rendered
    from image_worker.worker import Worker


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """A finished picture and what is known of it. Shows itself in notebooks."""

    rendered: Rendered

    @property
    def data(self) -> bytes:
        """The bytes of the file; empty where no picture was wanted, or only `outputs`."""
        return self.rendered.data

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rendered.width, self.rendered.height

    @property
    def format(self) -> str:
        """Name of the format, such as `WEBP`."""
        return self.rendered.format

    @property
    def mime(self) -> str:
        """Media type of the file, such as `image/webp`."""
        return self.rendered.mime

    @property
    def analysis(self) -> Mapping[str, Any]:
        """What was measured, by name."""
        return self.rendered.analysis

    @property
    def warnings(self) -> tuple[str, ...]:
        """What came out otherwise than one might expect, a sentence each."""
        return tuple(notice.message for notice in self.rendered.notices)

    @property
    def outputs(self) -> Mapping[str, tuple[Result, ...]]:
        """The renditions by name; several where one has several widths."""
        return {
            name: tuple(Result(one) for one in several)
            for name, several in self.rendered.outputs.items()
        }

    def save(self, path: str | Path) -> Path:
        """Write the file; its format is that of the job, whatever the suffix says.

        Raises:
            ValueError: There is no picture: see `analysis`, or `outputs`.
            OSError: The file cannot be written.
        """
        if not self.data:
            raise ValueError("the job made no picture here; see `analysis` and `outputs`")
        target = Path(path)
        target.write_bytes(self.data)
        return target

    def __repr__(self) -> str:
        if self.data:
            shown = f"{self.size[0]}x{self.size[1]} {self.format}, {len(self.data):,} bytes"
        else:
            shown = ", ".join([*self.analysis, *self.outputs]) or "plan"
        return f"<Result {shown}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        if self.data:
            return notebook.bundle(self.mime, self.data, repr(self))
        return notebook.facts(dict(self.analysis or self.rendered.plan or {}), repr(self))


def process(
    image: bytes | str | Path | Mapping[str, Any],
    operations: Iterable[Operation | Mapping[str, Any]] = (),
    output: Mapping[str, Any] | None = None,
    **more: Any,
) -> Result:
    """Do one job in this process.

    A whole job, as it stands in JSON, is done by `process(**job)`.

    Args:
        image: The bytes of a picture file, its path, an `http`, `https` or `data:` URL, or a
            source as it stands in a job, such as `{"url": "https://example.com/a.jpg"}`.
        operations: Steps, as they stand in a job or as objects such as `Resize(width=800)`.
        output: How the result is written, such as `{"format": "WEBP", "quality": 80}`. Default:
            JPEG at quality 85, unless `outputs` are wanted.
        **more: Other keys of a job, such as `analyze=["brightness"]`.

    Raises:
        ImageWorkerError: The job is wrong, or the picture cannot be read; `code` says which, and
            `path` where in the job.
        OSError: The file cannot be read.
    """
    worker = _worker()
    job = {
        "image": _source(image),
        "operations": list(operations),
        "cache": "off",
        **({} if output is None else {"output": dict(output)}),
        **more,
    }
    return Result(worker.do(job).rendered)


@cache
def _worker() -> Worker:
    return load().worker()


def _source(image: bytes | str | Path | Mapping[str, Any]) -> str | dict[str, Any] | BytesSource:
    if not isinstance(image, bytes | str | Path):
        return dict(image)
    if isinstance(image, str) and image.startswith(("http://", "https://", "data:")):
        return image
    return BytesSource(data=image if isinstance(image, bytes) else Path(image).read_bytes())
