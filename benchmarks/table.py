"""The results as tables: for a terminal, and in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.contest import Result

_COLUMNS = ("floor", "sharp", "opencv", "pillow", "tutorial")
_NOT_PEERS = {"ours", "floor", "isolated", "apart"}
_NONE = "-"


def best_peer(result: Result) -> str | None:
    """Return the name of the peer that took the least CPU time."""
    peers = [name for name in result.scores if name not in _NOT_PEERS]
    return min(peers, key=lambda name: result.scores[name].cpu, default=None)


def rows(results: Sequence[Result]) -> list[list[str]]:
    """Return the table: its head, and a row a workload."""
    head = [
        "workload",
        "ms",
        *(f"of {PEERS[name].title}" for name in _COLUMNS),
        "best peer: CPU",
        "wall",
        "memory",
        "MB",
        "SSIM",
        "best peer's",
    ]
    return [head, *(_row(result) for result in results)]


def _row(result: Result) -> list[str]:
    scores, ours, best = result.scores, result.scores["ours"], best_peer(result)
    ratios = [f"{scores[name].ratio:.2f}" if name in scores else _NONE for name in _COLUMNS]
    beside = [_NONE] * 3
    if best is not None:
        peer = scores[best]
        beside = [
            f"{PEERS[best].title} {peer.ratio:.2f}",
            f"{ours.wall / peer.wall:.2f}",
            f"{ours.peak / peer.peak:.2f}" if peer.peak >= 1 else _NONE,
        ]
    likeness = [_likeness(result, "ours"), _likeness(result, best) if best else _NONE]
    return [
        result.workload.title,
        f"{ours.cpu:.0f}",
        *ratios,
        *beside,
        f"{ours.peak:.0f}",
        *likeness,
    ]


def _likeness(result: Result, name: str) -> str:
    judged = result.scores[name].judged
    return f"{judged.ssim:.3f}" if judged and judged.ssim is not None else _NONE


def plain(table: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )


def markdown(table: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    head, *body = table
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
