"""Enlarging a picture piece by piece, so that only a few rows of the result are held at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from image_worker.fields import Box, Size
from image_worker.picture import has_alpha
from image_worker.pixels.streaming import streamed
from image_worker.vision.libraries import numpy, opencv

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyvips

_SIDE = 192
"""Pixels of a piece's side where the enlarger takes any."""
_ROWS = 32
"""Rows of a piece where nothing but neighbours matter."""
_REACH = 4
"""Pixels around a piece that Lanczos looks at."""
_BLEEDING = 25
"""Side of the box from which invisible pixels get the colours of those around."""
_GREY = 1


class Enlarger(Protocol):
    """What makes a piece larger."""

    @property
    def factor(self) -> int:
        """How many times."""
        ...

    @property
    def context(self) -> int:
        """Pixels around a piece that count."""
        ...

    @property
    def tile(self) -> tuple[int, int] | None:
        """Width and height that it takes, with the context; nothing where any will do."""
        ...

    def enlarge(self, rgb: Any) -> Any:
        """Return rows, columns and bands of 8 bit, larger."""
        ...


class Lanczos(NamedTuple):
    """Enlarges by Lanczos' windowed sinc over 8 x 8 pixels, as OpenCV does it."""

    factor: int
    context: int = _REACH
    tile: tuple[int, int] | None = None

    def enlarge(self, rgb: Any) -> Any:
        """Return the piece, larger."""
        cv2 = opencv()
        size = (rgb.shape[1] * self.factor, rgb.shape[0] * self.factor)
        return cv2.resize(rgb, size, interpolation=cv2.INTER_LANCZOS4)


def enlarged(image: pyvips.Image, scale: int, by: Enlarger) -> pyvips.Image:
    """Return the image `scale` times as wide and high; it must be able to be read in any order.

    Transparency is enlarged by itself, and invisible colours do not bleed into visible ones. The
    enlarger's own factor must be at least `scale`; what is more is averaged.
    """
    size = Size(image.width * scale, image.height * scale)
    return streamed(size, image.bands, _rows(image, scale, by))


def _rows(image: pyvips.Image, scale: int, by: Enlarger) -> Iterator[bytes]:
    """Yield the result, a row of pieces at a time."""
    np = numpy()
    wide, high = _step(image, by)
    for top in range(0, image.height, high):
        bottom = min(image.height, top + high)
        pieces = [
            _piece(image, Box(left, top, min(image.width, left + wide), bottom), scale, by)
            for left in range(0, image.width, wide)
        ]
        yield np.ascontiguousarray(np.concatenate(pieces, axis=1)).tobytes()


def _step(image: pyvips.Image, by: Enlarger) -> tuple[int, int]:
    """Return the width and height of a piece without its context."""
    if isinstance(by, Lanczos):
        return image.width, _ROWS
    wide, high = by.tile or (_SIDE + 2 * by.context,) * 2
    return max(1, wide - 2 * by.context), max(1, high - 2 * by.context)


def _piece(image: pyvips.Image, box: Box, scale: int, by: Enlarger) -> Any:
    """Return one piece of the result."""
    np = numpy()
    colours, alpha = _read(image, box, by.context)
    inner = _without_context(box, image, by)
    parts = [_scaled(by.enlarge(colours), scale, by.factor)]
    if image.bands - has_alpha(image) == _GREY:
        parts = [_light(parts[0])]
    if alpha is not None:
        parts.append(Lanczos(scale).enlarge(alpha).reshape(*parts[0].shape[:2], 1))
    left, top, right, bottom = (edge * scale for edge in inner)
    return np.concatenate(parts, axis=2)[top:bottom, left:right]


def _read(image: pyvips.Image, box: Box, context: int) -> tuple[Any, Any]:
    """Return red, green and blue of a box and of what is around it, and the transparency if any."""
    np, cv2 = numpy(), opencv()
    around = _around(box, image, context)
    part = image.crop(around.left, around.top, *around.size)
    levels = np.frombuffer(part.write_to_memory(), np.uint8)
    levels = levels.reshape(part.height, part.width, part.bands)
    if not has_alpha(image):
        return np.repeat(levels, 3, axis=2) if image.bands == _GREY else levels, None
    colours, alpha = levels[..., :-1], np.ascontiguousarray(levels[..., -1])
    share = alpha[..., None].astype(np.float32)
    sides = (_BLEEDING, _BLEEDING)
    sums = cv2.blur(colours * share, sides).reshape(colours.shape)
    near = sums / np.maximum(cv2.blur(share, sides), 1e-3).reshape(share.shape)
    colours = np.where(share > 0, colours, near.clip(0, 255)).astype(np.uint8)
    return np.repeat(colours, 3, axis=2) if colours.shape[2] == _GREY else colours, alpha


def _around(box: Box, image: pyvips.Image, context: int) -> Box:
    return Box(
        max(0, box.left - context),
        max(0, box.top - context),
        min(image.width, box.right + context),
        min(image.height, box.bottom + context),
    )


def _without_context(box: Box, image: pyvips.Image, by: Enlarger) -> Box:
    """Return where the piece lies in what was read."""
    around = _around(box, image, by.context)
    left, top = box.left - around.left, box.top - around.top
    return Box(left, top, left + box.size.width, top + box.size.height)


def _scaled(made: Any, scale: int, factor: int) -> Any:
    """Return what was made `factor` times as large only `scale` times as large."""
    if scale == factor:
        return made
    cv2 = opencv()
    size = (made.shape[1] * scale // factor, made.shape[0] * scale // factor)
    return cv2.resize(made, size, interpolation=cv2.INTER_AREA)


def _light(rgb: Any) -> Any:
    """Return one band of a grey picture, whose colours the model may have let drift apart."""
    return numpy().rint(rgb.mean(axis=2, keepdims=True)).astype("uint8")
