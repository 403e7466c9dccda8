"""Text as pixels."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import pyvips

from image_worker.color import rgba
from image_worker.errors import InvalidParameterError, OutputTooLargeError
from image_worker.fonts import FAMILY, FILES
from image_worker.picture import FAILURES, forget_failure

if TYPE_CHECKING:
    from image_worker.color import Rgba

Align = Literal["left", "center", "right", "justify"]

_MOST_PIXELS = 64e6
"""Pixels that a text may take, estimated as a square of the font's size for each character."""

_VISIBLE = "x"

_SANS = re.compile(r"(?:sans-serif|sans)(?=$|[ ,])", re.IGNORECASE)
_ALIGNS = {"left": "low", "center": "centre", "right": "high", "justify": "low"}

# Pango knows more, but that can make text of any size, however short it is.
_TAGS = "b|i|u|s|sub|sup|small|tt"
_ATTRIBUTES = (
    "foreground|fgcolor|color|background|bgcolor|alpha|fgalpha|bgalpha|weight|font_weight|style|"
    "font_style|variant|underline|underline_color|strikethrough|strikethrough_color|lang"
)
_TAG = re.compile(
    rf"</?(?:{_TAGS})>|</span>|<span(?:\s+(?:{_ATTRIBUTES})=(?:\"[^\"<>&]*\"|'[^'<>&]*'))*\s*>"
)


@dataclass(frozen=True, slots=True)
class Typeface:
    """How text looks."""

    font: str = "sans"
    """A family and a style, such as `DejaVu Sans Bold`; `sans` is the font that comes along."""
    pixels: float = 16
    """Size of the font."""
    color: str | tuple[int, ...] = "black"
    align: Align = "left"
    wrap: int = 0
    """Width at which lines are broken; 0 breaks none."""
    line_spacing: float = 1


def typeset(text: str, face: Typeface, *, markup: bool = False) -> pyvips.Image | None:
    """Return the text on nothing, as sRGB with transparency, cut to its ink.

    Nothing comes back where there is nothing to be seen. With `markup` the text is Pango's markup.
    """
    shown = _TAG.sub("", text) if markup else text
    if not shown.strip():
        return None
    _check_size(shown, face.pixels)
    if markup:
        _check_markup(text)
    _load_fonts()
    color = rgba(face.color)
    body = text if markup else html.escape(text, quote=False)
    image = _drawn(body, face, markup=markup)
    if image is None or color.opaque:
        return image
    alpha = (image[3] * (color.alpha / 255)).rint().cast("uchar")
    return image[:3].bandjoin(alpha)


def _drawn(body: str, face: Typeface, *, markup: bool) -> pyvips.Image | None:
    try:
        return _laid_out(body, face)
    except FAILURES:
        forget_failure()
    try:
        _laid_out(f"{_VISIBLE}{body}", face)
    except FAILURES:
        forget_failure()
        wanted = "Pango markup" if markup else "text"
        raise InvalidParameterError(f"expected {wanted}, got what cannot be drawn") from None
    return None  # with something to be seen beside it, it can be drawn: so it is only invisible


def _laid_out(body: str, face: Typeface) -> pyvips.Image:
    options: dict[str, Any] = {"width": face.wrap, "wrap": "word-char"} if face.wrap else {}
    drawn: pyvips.Image = pyvips.Image.text(
        f'<span foreground="{_hex(rgba(face.color))}">{body}</span>',
        font=f"{_SANS.sub(f'{FAMILY},sans', face.font)} {face.pixels:.2f}px",
        dpi=72,
        rgba=True,
        align=_ALIGNS[face.align],
        justify=face.align == "justify",
        spacing=int((face.line_spacing - 1) * face.pixels),
        **options,
    )
    return drawn


def _check_size(text: str, pixels: float) -> None:
    lines = text.splitlines()
    estimate = len(lines) * max(map(len, lines)) * pixels * pixels
    if estimate > _MOST_PIXELS:
        raise OutputTooLargeError(
            f"{len(text)} characters at a size of {pixels:g} pixels take too many pixels; "
            "expected a smaller size or less text"
        )


def _check_markup(text: str) -> None:
    tags = [match.start() for match in _TAG.finditer(text)]
    if len(tags) != text.count("<"):
        wrong = next(
            place for place, sign in enumerate(text) if sign == "<" and place not in set(tags)
        )
        raise InvalidParameterError(
            f"expected markup with {_TAGS.replace('|', ', ')} and span, which may have "
            f'{_ATTRIBUTES.replace("|", ", ")}, got "{text[wrong : wrong + 40]}"'
        )


def _hex(color: Rgba) -> str:
    return f"#{color.red:02x}{color.green:02x}{color.blue:02x}"


@cache
def _load_fonts() -> None:
    """Make the fonts that come along known to Pango, for the rest of the process."""
    for file in FILES:
        pyvips.Image.text("x", font=FAMILY, fontfile=str(file), rgba=True)
