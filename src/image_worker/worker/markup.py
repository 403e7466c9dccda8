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


def picture_markup(links: Sequence[tuple[str, int]], made: Sequence[Rendered]) -> str:
    """Return a `<picture>` whose fallback is the widest; its sides avoid a jump of the layout."""
    (address, _), widest = max(zip(links, made, strict=True), key=lambda pair: pair[1].width)
    return (
        f'<picture><source type="{widest.mime}" srcset="{escape(srcset(links))}" sizes="100vw">'
        f'<img src="{escape(address)}" width="{widest.width}" height="{widest.height}" alt="" '
        'loading="lazy"></picture>'
    )
