"""Ways to say where in a picture, one file a kind."""

from image_worker.selectors.base import Named, Selector
from image_worker.selectors.wire import AnySelector

__all__ = ["AnySelector", "Named", "Selector"]
