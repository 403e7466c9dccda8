"""The handler under the name that RunPod's tutorial gives it."""

from image_worker.runpod_worker import handler

__all__ = ["handler"]
