"""The result of a job, and the answer that tells of it."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from image_worker.pipeline.recipe import Rendition
from image_worker.sinks.base import Delivered
from image_worker.sinks.inline import DataUri, Inline
from image_worker.worker.markup import picture_markup, srcset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from image_worker.job import Job
    from image_worker.picture import Notice
    from image_worker.pipeline import Rendered
    from image_worker.sinks.base import Delivery

_FACTS = ("width", "height", "format", "mime")


Key: TypeAlias = tuple[str, int]
"""Which picture of an outcome: name of the rendition, empty for the main one, and which of it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One picture of an outcome, and where it goes."""

    key: Key
    rendered: Rendered
    delivery: Delivery
    name: str
    """`image`, or the name of the rendition, with the width that was asked for if any was."""
    path: str
    """Place of its output in the job."""

    @property
    def inline(self) -> type[Inline]:
        """How it is written into the answer, if it has to be."""
        return type(self.delivery) if isinstance(self.delivery, Inline) else DataUri

    @property
    def length(self) -> int:
        """Characters of the picture as it stands in the answer."""
        return self.inline.length(self.rendered.mime, len(self.rendered.data))

    def text(self) -> Delivered:
        """Return the picture as it stands in the answer."""
        return Delivered(self.inline.text(self.rendered.mime, self.rendered.data))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a job, and how it came about."""

    job: Job
    rendered: Rendered
    cache: str
    """`hit`, `miss` or `off`."""
    timings: dict[str, float]
    """Milliseconds of each stage."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """`hit`, `revalidated` or `miss` for each source that the cache of those was asked for, by its
    path in the job."""

    def results(self) -> list[Result]:
        """Return every picture that there is."""
        found = [result for result in self._made() if result.rendered.data]
        names: list[str] = []
        for result in found:
            names.append(_fresh(result.name, names))
        return [replace(result, name=name) for result, name in zip(found, names, strict=True)]

    def _made(self) -> Iterator[Result]:
        if self.job.main is not None:
            yield Result(("", 0), self.rendered, self.job.main.delivery, "image", "output")
        for name, made in self.rendered.outputs.items():
            asked = self.job.outputs.get(name) or Rendition(output=self.job.usual)
            for index, rendered in enumerate(made):
                called = f"{name}-{asked.widths[index]}" if asked.widths else name
                key, path = (
                    (name, index),
                    f"outputs.{name}" if name in self.job.outputs else "output",
                )
                yield Result(key, rendered, asked.output.delivery, called, path)

    def answer(
        self,
        delivered: Mapping[Key, Delivered] | None = None,
        *,
        milliseconds: float = 0.0,
        notices: Sequence[Notice] = (),
    ) -> dict[str, Any]:
        """Return the answer as JSON; a new dictionary each time.

        Args:
            delivered: What became of each picture, by its key. Default: it is in the answer.
            milliseconds: What the delivery took.
            notices: What else the caller should know.
        """
        handed = delivered or {result.key: result.text() for result in self.results()}
        rendered = self.rendered
        answer: dict[str, Any] = {"success": True}
        if rendered.plan is not None:
            answer["plan"] = copy.deepcopy(rendered.plan)
        elif self.job.main is not None:
            answer |= _result(rendered, handed.get(("", 0)))
        if rendered.outputs:
            answer["outputs"] = {name: self._rendition(name, handed) for name in rendered.outputs}
        if rendered.analysis:
            answer["analysis"] = copy.deepcopy(rendered.analysis)
        return {
            **answer,
            "steps": copy.deepcopy(list(rendered.steps)),
            "warnings": self._warnings(notices),
            "timings": {**self.timings, "deliver": milliseconds},
            "cache": self.cache,
            **({"source_cache": dict(self.sources)} if self.sources else {}),
        }

    def facts(self) -> dict[str, Any]:
        """Return the answer without its pictures."""
        return self.answer({result.key: Delivered(None) for result in self.results()})

    def _rendition(self, name: str, handed: Mapping[Key, Delivered]) -> dict[str, Any]:
        asked, made = self.job.outputs.get(name), self.rendered.outputs[name]
        if asked is None or not asked.widths:
            steps = copy.deepcopy(list(made[0].steps))
            return {
                **_result(made[0], handed.get((name, 0))),
                **({"steps": steps} if steps else {}),
            }
        variants = [
            {"width": each.width, **_result(each, handed.get((name, index)))}
            for index, each in enumerate(made)
        ]
        links = [(variant.get("processed_image"), variant["width"]) for variant in variants]
        known = [(address, width) for address, width in links if address]
        if len(known) < len(links):  # only the caller knows where they are
            return {"variants": variants}
        markup = {"picture": picture_markup(known, made)} if asked.picture else {}
        return {"variants": variants, "srcset": srcset(known), **markup}

    def _warnings(self, more: Sequence[Notice]) -> list[dict[str, Any]]:
        several = (each for renditions in self.rendered.outputs.values() for each in renditions)
        notices = dict.fromkeys(
            notice for each in (self.rendered, *several) for notice in each.notices
        )
        return [asdict(notice) for notice in (*notices, *more)]


def _fresh(name: str, taken: list[str]) -> str:
    """Return the name, with a number behind it if another picture is called the same."""
    more = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(each for each in more if each not in taken)


def _result(rendered: Rendered, delivered: Delivered | None) -> dict[str, Any]:
    image = {"processed_image": delivered.image} if delivered else {}
    facts = {"delivery": dict(delivered.facts)} if delivered and delivered.facts else {}
    transform = {"transform": list(rendered.transform)} if rendered.transform else {}
    return {**image, "metadata": _metadata(rendered), **transform, **facts}


def _metadata(rendered: Rendered) -> dict[str, Any]:
    facts = {
        **{name: getattr(rendered, name) for name in _FACTS},
        "bytes": len(rendered.data),
        "pages": rendered.pages,
        "has_alpha": rendered.has_alpha,
        "quality": rendered.quality,
        "ssim": rendered.ssim,
        "sha256": rendered.sha256,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}
