"""Bytes in, bytes out: open, apply the operations, measure, write.

This is the whole image path, and it is pure: no network, no files, no clock, no settings. Every
way into the program ends here.
"""

from image_worker.pipeline.recipe import Recipe
from image_worker.pipeline.render import render
from image_worker.pipeline.rendered import Rendered

__all__ = ["Recipe", "Rendered", "render"]
