"""Keeps results, so that the same job is not done twice."""

from image_worker.cache.memory import Cache

__all__ = ["Cache"]
