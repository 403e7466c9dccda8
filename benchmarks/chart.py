"""The results as a picture: how many times the codecs' time everybody takes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from benchmarks.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.contest import Result

_SHOWN = {
    "ours": "#0a7d55",
    "sharp": "#4c78a8",
    "opencv": "#8f6bb3",
    "pillow": "#d9822b",
    "tutorial": "#b8433a",
}
_WIDTH, _LEFT, _RIGHT, _TOP = 860, 230, 60, 62
_BAR, _GAP = 11, 14
_MOST = 7.0
"""Longer bars are cut, and their number says so."""

_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.n{font-size:10px}"
    ".l{stroke:#888;stroke-dasharray:3 3}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.l{stroke:#777}}"
)


def chart(results: Sequence[Result]) -> str:
    """Return an SVG of the workloads in which the codecs alone took part."""
    shown = [result for result in results if "floor" in result.scores]
    parts, down = [], float(_TOP)
    for result in shown:
        names = [name for name in _SHOWN if name in result.scores]
        middle = down + _BAR * len(names) / 2 + 4
        parts.append(_text(_LEFT - 10, middle, result.workload.title, anchor="end"))
        for name in names:
            share = result.scores[name].cpu / result.scores["floor"].cpu
            parts.append(_bar(down, name, share))
            down += _BAR
        down += _GAP
    lines = [_line(times, down) for times in range(1, int(_MOST) + 1)]
    head = _text(_LEFT, 18, "CPU time, as a multiple of what decoding and encoding alone take")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {down + 8:.0f}" role="img" '
        'aria-label="CPU time of each library as a multiple of the codecs alone">'
        f"<style>{_STYLE}</style>{head}{_legend()}{''.join(lines)}{''.join(parts)}</svg>\n"
    )


def _across(times: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(times, _MOST) / _MOST


def _bar(down: float, name: str, share: float) -> str:
    width = _across(share) - _LEFT
    rectangle = (
        f'<rect x="{_LEFT}" y="{down:.0f}" width="{width:.1f}" height="{_BAR - 2}" '
        f'fill="{_SHOWN[name]}"/>'
    )
    return rectangle + _text(_LEFT + width + 4, down + _BAR - 3, f"{share:.2f}", kind="n")


def _legend() -> str:
    parts = []
    for place, (name, colour) in enumerate(_SHOWN.items()):
        left = _LEFT + place * 120
        parts.append(f'<rect x="{left}" y="28" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(left + 15, 37, PEERS[name].title))
    return "".join(parts)


def _line(times: int, down: float) -> str:
    across = _across(times)
    mark = _text(across, _TOP - 6, str(times), anchor="middle", kind="n")
    return f'<path class="l" d="M{across:.1f} {_TOP - 2}V{down:.0f}"/>{mark}'


def _text(across: float, down: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return (
        f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'
    )
