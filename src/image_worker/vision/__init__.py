"""Seeing: what is in a picture, by models and by OpenCV; nothing slow is imported before a need."""

from image_worker.vision.detections import Detection, Facts, Found, Landmark, Mask, Matte
from image_worker.vision.sight import Sight, built_in
from image_worker.vision.wanted import Task, Wanted

__all__ = [
    "Detection",
    "Facts",
    "Found",
    "Landmark",
    "Mask",
    "Matte",
    "Sight",
    "Task",
    "Wanted",
    "built_in",
]
