"""HTML for pictures in several widths."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.pipeline import Rendered


def srcset(links: Sequence[tuple[str, int]]) -> str:
    """Return the value of `srcset` for pairs of address and width in pixels."""
    return ", ".join(f"{address} {width}w" for address, width in links)


def picture_markup(links: Sequence[tuple[str, int]], largest: Rendered) -> str:
    """Return a `<picture>` whose fallback is the widest; the sizes avoid a jump of the layout."""
    widest = max(links, key=lambda link: link[1])
    return (
        f'<picture><source type="{largest.mime}" srcset="{escape(srcset(links))}" sizes="100vw">'
        f'<img src="{escape(widest[0])}" width="{widest[1]}" alt="" loading="lazy"></picture>'
    )
