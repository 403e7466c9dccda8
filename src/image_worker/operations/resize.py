"""Resize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from image_worker.affine import Affine
from image_worker.errors import OutputTooLargeError
from image_worker.fields import MAX_SIDE, Length, Size, pixels
from image_worker.operations.base import Geometry
from image_worker.pixels.fills import Fill, framed
from image_worker.pixels.scaling import Kernel, scaled
from image_worker.pixels.sizing import (
    Fit,
    Multiple,
    Plan,
    Scale,
    factor_of,
    fitted,
    limited,
    nearest,
    times,
)
from image_worker.selectors.gravity import INTERESTS, Gravity, aimed, corner, needs_pixels

if TYPE_CHECKING:
    from image_worker.picture import Picture

_LONGEST = 9_000_000
"""The longest side that libvips can compute with, before a picture is cropped to the result."""

_RELATIVE = ("%", "vmin", "vmax")


class Resize(Geometry):
    """Scale the picture to a width, a height, a box of both, a factor or a number of pixels.

    With one side the other follows. With both, `fit` says what happens where the proportions
    differ. Sides are rounded to the nearest pixel and are at least 1.
    """

    name = "resize"
    seconds_per_megapixel = 0.06
    examples = (
        {"width": 240},
        {"width": 200, "height": 260, "fit": "cover", "gravity": "right"},
    )

    width: Length | None = None
    """Width in pixels, or as a share of the picture such as `"50%"`."""

    height: Length | None = None
    """Height in pixels, or as a share of the picture such as `"50%"`."""

    maintain_aspect: bool = True
    """Keep the proportions; `false` is the same as `fit: "fill"`."""

    fit: Fit = "inside"
    """What to do with a box of other proportions: stay `inside` of it, `cover` it and crop, be
    `contain`ed in it with bars, `fill` it by stretching, or reach `outside` of it. Other names
    for the first four are `fit` or `max`, `crop`, `pad` and `scale`."""

    gravity: Gravity = "center"
    """Which part to keep where the picture is cropped, and where it stands for `contain`: a side
    or corner, a point such as `"30% 20%"`, `"attention"`, `"entropy"`, or a selector."""

    gravity_fallback: Gravity = "attention"
    """The gravity to use where the selector in `gravity` finds nothing."""

    background: Fill | None = None
    """What fills the bars for `contain`: a colour, `"auto"`, `"blur"`, `"edge"` or `"mirror"`.
    Default: black, or transparent in a picture with transparency."""

    enlarge: bool | None = None
    """Whether the picture may grow. Default: not for a box with `inside` and not for
    `max_pixels`, else yes."""

    scale: Scale | None = None
    """How large the result is compared with the picture, such as 0.5 or `"50%"`, instead of
    `width` and `height`."""

    dpr: Annotated[float, Field(ge=0.1, le=8)] = 1
    """Pixels of the screen to a pixel of `width` and `height`, 0.1 to 8; shares stay."""

    max_pixels: Annotated[int, Field(ge=1, le=MAX_SIDE**2)] | None = None
    """The most pixels that the result may have, width times height, proportions kept. With
    `enlarge: true` and no size, a smaller picture grows to as many."""

    multiple_of: Annotated[int, Field(ge=1, le=256)] = 1
    """Number that both sides are a multiple of, 1 to 256; what is left over is cropped."""

    round: Literal["down", "nearest", "up"] = "down"
    """To which multiple of `multiple_of` the sides are rounded; at least to one."""

    kernel: Kernel = "lanczos3"
    """How pixels are weighed when shrinking. Enlarging is bicubic, or `nearest` or `linear`."""

    linear: bool = False
    """Whether to mix light instead of levels: keeps small bright details bright, and is slower."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        sized = self.width is not None or self.height is not None
        if sized and self.scale is not None:
            raise ValueError('expected "scale" or a size, got both')
        if not sized and self.scale is None and self.max_pixels is None and self.multiple_of == 1:
            raise ValueError(
                'expected "width", "height" or both, got neither; '
                '"scale", "max_pixels" or "multiple_of" would do as well'
            )
        if not self.maintain_aspect and self.fit not in {"inside", "fill"}:
            raise ValueError(f'"maintain_aspect": false cannot go with "fit": "{self.fit}"')
        if self.fit == "contain" and self.gravity in INTERESTS:
            raise ValueError(f'"{self.gravity}" says what to keep; "contain" keeps everything')
        if self.max_pixels is not None and self.multiple_of**2 > self.max_pixels:
            raise ValueError(
                f"{self.max_pixels} pixels are too few for a multiple of {self.multiple_of}"
            )
        return self

    def run(self, picture: Picture) -> Picture:
        """Resample with the kernel, on premultiplied colours, then crop or add bars."""
        size = picture.size
        plan = self._plan(size)
        if plan.result == plan.scaled:
            return self._scaled(picture, plan.scaled)
        picture, aim = aimed(picture, self.gravity, self.gravity_fallback)
        if isinstance(aim, str):
            return self._cut_by_content(picture, plan, aim)
        left, top = aim.corner(plan.result, plan.scaled)
        made = self._scaled(picture, plan.scaled)
        if self._contains:
            fill = self.background or ("transparent" if picture.has_alpha else "black")
            return framed(made, -left, -top, plan.result, fill)
        made = _cut(made, left, top, plan.result)
        return _told(made, size, plan, left, top) if needs_pixels(self.gravity) else made

    def result_size(self, size: Size) -> Size:
        """Return the size of the result."""
        return self._plan(size).result

    def cost(self, size: Size) -> float:
        """Return twice as much in linear light."""
        return super().cost(size) * (2 if self.linear else 1)

    def bound(self, size: Size) -> Size:
        """Return the largest sides, for pictures of any proportions."""
        width, height = self._asked(size)
        if self.scale is not None or (width is None and height is None):
            most = times(size, 1.0 if self.scale is None else factor_of(self.scale))
            if self.max_pixels is not None and self.enlarge:
                most = Size(self.max_pixels, self.max_pixels)
        elif self._stretches or (width and height and self.fit != "outside"):
            most = Size(width or size.width, height or size.height)
        else:
            most = Size(
                max(width or 0, (height or 0) * size.width),
                max(height or 0, (width or 0) * size.height),
            )
            if not self._may_grow(boxed=bool(width and height)):
                most = size
        return Size(*(side + self.multiple_of - 1 for side in most))

    def reduction(self, size: Size) -> float:
        """Return how many times smaller the result is."""
        plan = self._plan(size)
        # Of what decides by few pixels, all must be there; attention looks at a few hundred means.
        if plan.result != plan.scaled and (self.gravity == "entropy" or needs_pixels(self.gravity)):
            return 1.0
        return min(size.width / plan.scaled.width, size.height / plan.scaled.height)

    @property
    def _stretches(self) -> bool:
        return self.fit == "fill" or not self.maintain_aspect

    @property
    def _contains(self) -> bool:
        return self.fit == "contain" and self.width is not None and self.height is not None

    def _scaled(self, picture: Picture, target: Size) -> Picture:
        size, shrunk = picture.size, picture.shrunk
        across, down = (side / whole for side, whole in zip(target, size, strict=True))
        factors = across * shrunk, down * shrunk
        made = picture.whole().each(
            lambda image: scaled(image, factors, target, self.kernel, linear=self.linear)
        )
        return made.came_from(Affine.scaled(1 / across, 1 / down))

    def _cut_by_content(self, picture: Picture, plan: Plan, aim: str) -> Picture:
        """Cut where libvips finds it best, looking at the smaller of the picture and the result."""
        size = picture.size
        factor = max(plan.scaled.width / size.width, plan.scaled.height / size.height)
        if factor > 1:
            seen = Size(*(max(1, int(side / factor)) for side in plan.result))
            picture, at = corner(picture, seen, aim)
            made = self._scaled(picture, plan.scaled)
            spare = (whole - side for whole, side in zip(plan.scaled, plan.result, strict=True))
            left, top = (
                max(0, min(most, int(place * factor + 0.5)))
                for most, place in zip(spare, at, strict=True)
            )
        else:
            made, (left, top) = corner(self._scaled(picture, plan.scaled), plan.result, aim)
        return _told(_cut(made, left, top, plan.result), size, plan, left, top)

    def _plan(self, size: Size) -> Plan:
        plan = self._multiple(size, self._limited(size, self._fitted(size)))
        if max(plan.scaled) > _LONGEST:
            width, height = plan.scaled
            raise OutputTooLargeError(
                f"this scales the picture to {width}x{height} pixels before it is cropped; "
                f"a side may have {_LONGEST}"
            )
        return plan

    def _asked(self, size: Size) -> tuple[int | None, int | None]:
        """Return the width and height that were asked for, in pixels."""
        return self._pixels(self.width, size.width, size), self._pixels(
            self.height, size.height, size
        )

    def _pixels(self, length: int | str | None, whole: int, size: Size) -> int | None:
        if length is None:
            return None
        factor = 1.0 if str(length).endswith(_RELATIVE) else self.dpr
        return nearest(pixels(length, whole, size) * factor)

    def _fitted(self, size: Size) -> Plan:
        """Return the plan for the size that was asked for."""
        width, height = self._asked(size)
        if width or height:
            fit = "fill" if self._stretches else self.fit
            grow = self._may_grow(boxed=bool(width and height) and not self._stretches)
            return fitted(size, width, height, fit, grow=grow)
        factor = 1.0 if self.scale is None else factor_of(self.scale)
        target = times(size, min(1.0, factor) if self.enlarge is False else factor)
        return Plan(target, target)

    def _limited(self, size: Size, plan: Plan) -> Plan:
        """Return the plan with no more pixels than allowed."""
        most, area = self.max_pixels, plan.result.width * plan.result.height
        grows = self.enlarge and self.scale is None and self._asked(size) == (None, None)
        return limited(plan, most) if most and (area > most or grows) else plan

    def _multiple(self, size: Size, plan: Plan) -> Plan:
        """Return the plan with sides that are multiples, the picture covering them."""
        result = Multiple(self.multiple_of, self.round, self.max_pixels).of(plan.result)
        if result == plan.result or self._stretches:
            return Plan(result if self._stretches else plan.scaled, result)
        fit = "contain" if self._contains else "cover"
        grow = self.enlarge is not False or not self._contains
        near = fitted(size, *result, fit, grow=grow).scaled
        return Plan(Size(*map(min if self._contains else max, near, result)), result)

    def _may_grow(self, *, boxed: bool) -> bool:
        return self.enlarge if self.enlarge is not None else not (boxed and self.fit == "inside")


def _cut(picture: Picture, left: int, top: int, size: Size) -> Picture:
    return picture.each(lambda image: image.crop(left, top, *size)).came_from(
        Affine.moved(left, top)
    )


def _told(picture: Picture, size: Size, plan: Plan, left: int, top: int) -> Picture:
    """Say which box of the picture was kept."""
    across, down = (whole / side for whole, side in zip(size, plan.scaled, strict=True))
    edges: tuple[Any, ...] = (
        left * across,
        top * down,
        (left + plan.result.width) * across,
        (top + plan.result.height) * down,
    )
    return picture.tell("box", [int(edge + 0.5) for edge in edges])
