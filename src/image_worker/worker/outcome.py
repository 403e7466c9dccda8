"""The result of a job, and the answer that tells of it."""

from __future__ import annotations

import copy
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pybase64

from image_worker.worker.markup import picture_markup, srcset

if TYPE_CHECKING:
    from image_worker.job import Job
    from image_worker.pipeline import Rendered

_FACTS = ("width", "height", "format", "mime")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a job, and how it came about."""

    job: Job
    rendered: Rendered
    cache: str
    """`hit`, `miss` or `off`."""
    timings: dict[str, float]
    """Milliseconds of each stage."""

    def answer(self) -> dict[str, Any]:
        """Return the answer as JSON; a new dictionary each time."""
        started = time.perf_counter()
        rendered = self.rendered
        answer: dict[str, Any] = {"success": True}
        if rendered.plan is not None:
            answer["plan"] = rendered.plan
        elif self.job.main is not None:
            answer |= _result(rendered)
        if rendered.outputs:
            answer["outputs"] = {name: self._rendition(name) for name in rendered.outputs}
        if rendered.analysis:
            answer["analysis"] = rendered.analysis
        answer = copy.deepcopy(answer)
        deliver = round((time.perf_counter() - started) * 1000, 2)
        return {
            **answer,
            "steps": [dict(step) for step in rendered.steps],
            "warnings": self._warnings(),
            "timings": {**self.timings, "deliver": deliver},
            "cache": self.cache,
        }

    def _rendition(self, name: str) -> dict[str, Any]:
        asked, made = self.job.outputs[name], self.rendered.outputs[name]
        if not asked.widths:
            steps = [dict(step) for step in made[0].steps]
            return {**_result(made[0]), **({"steps": steps} if steps else {})}
        variants = [{"width": each.width, **_result(each)} for each in made]
        links = [(variant["processed_image"], variant["width"]) for variant in variants]
        markup = {"picture": picture_markup(links, made)} if asked.picture else {}
        return {"variants": variants, "srcset": srcset(links), **markup}

    def _warnings(self) -> list[dict[str, Any]]:
        several = (each for renditions in self.rendered.outputs.values() for each in renditions)
        notices = dict.fromkeys(
            notice for each in (self.rendered, *several) for notice in each.notices
        )
        return [asdict(notice) for notice in notices]


def _result(rendered: Rendered) -> dict[str, Any]:
    image = {"processed_image": _data_uri(rendered)} if rendered.data else {}
    transform = {"transform": list(rendered.transform)} if rendered.transform else {}
    return {**image, "metadata": _metadata(rendered), **transform}


def _data_uri(rendered: Rendered) -> str:
    return f"data:{rendered.mime};base64,{pybase64.b64encode_as_string(rendered.data)}"


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
