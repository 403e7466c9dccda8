"""Which bars are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.agreement import objection
from benchmarks.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.contest import Result

_SMALLER = 0.002
"""How much less like the reference than another's our result may be, in SSIM."""

_ISOLATED = 1.06
"""CPU time that children may take, as a share of that within one process."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bar, and what was measured."""

    title: str
    against: str
    ratio: float
    bar: float | None
    """None where a figure is only told."""

    @property
    def met(self) -> bool:
        """Whether the ratio, to the hundredth, is within the bar."""
        return self.bar is None or round(self.ratio, 2) <= self.bar

    @property
    def figures(self) -> tuple[str, str, str]:
        """Ratio, bar and verdict."""
        if self.bar is None:
            return f"{self.ratio:.2f}", "", ""
        return f"{self.ratio:.2f}", f"{self.bar:.2f}", "met" if self.met else "NOT MET"

    @property
    def text(self) -> str:
        """The verdict as one line."""
        ratio, bar, word = self.figures
        return f"{self.title:40}{self.against:24}{ratio:>8}{bar:>8}  {word}".rstrip()


def verdicts(result: Result) -> Iterator[Verdict]:
    """Yield a verdict for every bar of a workload whose contestant took part."""
    scores, workload = result.scores, result.workload
    for name, bar in workload.bars.items():
        if name in scores:
            title = f"CPU of {PEERS[name].title}"
            yield Verdict(workload.title, title, scores[name].ratio, bar)
    for name, bar in workload.peaks.items():
        if name in scores:
            ratio = scores["ours"].peak / scores[name].peak
            yield Verdict(workload.title, f"memory of {PEERS[name].title}", ratio, bar)
    if "isolated" in scores:
        ratio = 1 / scores["isolated"].ratio
        yield Verdict(workload.title, "children: own process", ratio, _ISOLATED)


def remarks(result: Result) -> Iterator[str]:
    """Yield a sentence for everything that makes a comparison uneven."""
    title, ours = result.workload.title, result.scores["ours"].judged
    for name, why in result.failed.items():
        yield f"{title}: {PEERS[name].title} is missing: {why}"
    if ours is None:
        return
    if words := objection("ours", ours, ours):
        yield f"{title}: our result differs from the reference: {words}"
    for name, score in result.scores.items():
        if score.judged is None or name in {"ours", "apart"}:
            continue
        if words := objection(name, score.judged, ours):
            yield f"{title}: {PEERS[name].title} does not do the same: {words}"
        if ours.ssim is not None and score.judged.ssim is not None and name != "floor":
            less = score.judged.ssim - ours.ssim
            if less > _SMALLER:
                yield f"{title}: {PEERS[name].title} is {less:.3f} nearer to the reference in SSIM"
