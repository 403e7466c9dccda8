"""Several results from one decode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from image_worker.operations.resize import Resize
from image_worker.picture import Picture, in_memory, on_premultiplied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from image_worker.fields import Size
    from image_worker.formats.base import Output
    from image_worker.operations.base import Operation
    from image_worker.pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Branch:
    """One result: what only it does, and how it is written."""

    name: str
    """The rendition's name; empty for the main result."""
    operations: tuple[Operation, ...]
    output: Output

    @property
    def path(self) -> str:
        """Where it stands in the job."""
        return f"outputs.{self.name}" if self.name else "output"


def branches(recipe: Recipe) -> Iterator[Branch]:
    """Yield every result that is wanted, the main one first."""
    if recipe.main is not None:
        yield Branch("", (), recipe.discreet(recipe.main))
    for name, rendition in recipe.outputs.items():
        own, output = rendition.operations, recipe.discreet(rendition.output)
        for width in rendition.widths:
            resize = Resize(width=width, enlarge=False)
            yield Branch(name, (*own, resize), output)
        if not rendition.widths:
            yield Branch(name, own, output)


def shared(picture: Picture, ways: Sequence[Sequence[Operation]]) -> Picture:
    """Return a picture that every result can start from, as small as that allows.

    Where all of them shrink the picture first, what they have in common is done once: the largest
    is made from all pixels and the others from the largest, which is twice as fast as making each
    from all pixels.
    """
    if len(ways) == 1:
        return picture
    factor = _common_reduction(picture.size, ways) / picture.shrunk
    if factor <= 1:
        return picture.each(in_memory)
    smaller = picture.each(
        lambda image: in_memory(on_premultiplied(image, lambda part: part.resize(1 / factor)))
    )
    return replace(smaller, nominal=picture.size, shrunk=picture.shrunk * factor)


def _common_reduction(size: Size, ways: Sequence[Sequence[Operation]]) -> float:
    """Return how many times smaller the picture may be for all of them; 1 for not at all."""
    return min((way[0].reduction(size) if way else 1.0) for way in ways)
