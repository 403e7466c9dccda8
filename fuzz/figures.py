"""Figures, and the bars that they must keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was counted or measured."""

    name: str
    value: float
    bar: float | None = None
    """What the value may be at most; a figure without a bar only informs."""
    unit: str = ""
    least: bool = False
    """Whether the bar is what the value must be at least."""
    measured: bool = False
    """Whether the value depends on how busy the machine is; counts do not."""

    def met(self, slack: float = 1) -> bool:
        """Tell whether the bar is kept; `slack` is granted to what is measured."""
        if self.bar is None:
            return True
        slack = slack if self.measured else 1
        return self.value >= self.bar / slack if self.least else self.value <= self.bar * slack

    def as_json(self) -> dict[str, object]:
        """Return the figure as JSON."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "bar": self.bar,
            "unit": self.unit,
            "least": self.least,
            "met": self.met(),
        }

    def __str__(self) -> str:
        sign = ">=" if self.least else "<="
        bar = "" if self.bar is None else f"{sign} {self.bar:,g}"
        verdict = "" if self.bar is None else "met" if self.met() else "NOT MET"
        return f"  {self.name:58}{self.value:>14,.5g} {self.unit:4}{bar:>12}  {verdict}".rstrip()


def none(name: str, count: float) -> Figure:
    """Return a count that must be zero."""
    return Figure(name, count, 0)


def done(name: str, count: float, asked: float) -> Figure:
    """Return a count of what was tried, which must be all that was asked for."""
    return Figure(name, count, asked, least=True)


def timed(name: str, seconds: float, bar: float) -> Figure:
    """Return a duration in seconds."""
    return Figure(name, seconds, bar, "s", measured=True)
