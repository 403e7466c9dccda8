"""What is seen in one picture: looked for once, and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyvips

    from image_worker.fields import Size
    from image_worker.vision.detections import Found, Matte
    from image_worker.vision.models import Models
    from image_worker.vision.view import Glance
    from image_worker.vision.wanted import Wanted

_FLOOR = 0.25
"""Confidence from which on things are remembered, so that one look answers several questions."""


@cache
def built_in() -> Models:
    """Return the models that come with the package, for who was told of no others."""
    from image_worker.vision.models import Models  # noqa: PLC0415 - only who looks needs them

    return Models()


@dataclass(frozen=True, slots=True)
class Sight:
    """The models, and what they saw in one picture."""

    provide: Callable[[], Models] = built_in
    """Returns the models when they are needed."""
    glance: Glance | None = None
    """A cheaper way to small versions of the picture than its frame."""
    _found: dict[Wanted, Found] = field(default_factory=dict)
    _mattes: dict[str | None, Matte] = field(default_factory=dict)

    @property
    def models(self) -> Models:
        """All that can look."""
        return self.provide()

    def fresh(self) -> Sight:
        """Return the same for a picture that is another one now."""
        return Sight(self.provide)

    def changed(self) -> Sight:
        """Return the same for a picture whose pixels were changed in place.

        What was seen is still there; what was not looked for yet is looked for in the new pixels.
        """
        return Sight(self.provide, None, dict(self._found), dict(self._mattes))

    def detect(
        self, wanted: Wanted, image: pyvips.Image, size: Size, *, afresh: bool = False
    ) -> Found:
        """Return what is in the image, which stands for a picture of that size.

        With `afresh` it is looked for in this very image, and nothing is remembered.
        """
        from image_worker.vision.looking import broad, look, narrowed  # noqa: PLC0415 - as above
        from image_worker.vision.view import View  # noqa: PLC0415

        asked = broad(wanted, _FLOOR)
        glance = (None if afresh else self.glance) or (lambda _: image)
        if afresh:
            return narrowed(look(asked, View(glance, size), self.models), wanted, self.models)
        if asked not in self._found:
            self._found[asked] = look(asked, View(glance, size), self.models)
        return narrowed(self._found[asked], wanted, self.models)

    def matte(self, model: str | None, image: pyvips.Image, size: Size) -> Matte:
        """Return the foreground of the image, which stands for a picture of that size."""
        from image_worker.vision.matting import matte  # noqa: PLC0415 - as above
        from image_worker.vision.view import View  # noqa: PLC0415

        if model not in self._mattes:
            view = View(self.glance or (lambda _: image), size)
            self._mattes[model] = matte(model, view, self.models)
        return self._mattes[model]
