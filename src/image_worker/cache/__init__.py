"""Keeps results, and what was fetched, so that the same is not done twice."""

from image_worker.cache.disk import Disk
from image_worker.cache.edition import edition
from image_worker.cache.memory import Cache
from image_worker.cache.sources import SourceCache, Visit
from image_worker.cache.turns import Turns

__all__ = ["Cache", "Disk", "SourceCache", "Turns", "Visit", "edition"]
