"""What was found, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from image_worker.vision.masks import mask_json

if TYPE_CHECKING:
    from image_worker.vision.detections import Detection, Found

Masks = Literal["none", "rle", "png", "polygon"]


def told(found: Found, masks: Masks = "none") -> dict[str, Any]:
    """Return all detections, the surest first, and the model that made them."""
    return {
        "detections": [_told(one, masks) for one in found.detections],
        "model": found.model.as_json(),
    }


def _told(one: Detection, masks: Masks) -> dict[str, Any]:
    said: dict[str, Any] = {
        "label": one.label,
        "confidence": one.confidence,
        "box": one.box._asdict(),
    }
    if one.text is not None:
        said["text"] = one.text
    if one.corners:
        said["corners"] = [list(corner) for corner in one.corners]
    if one.landmarks:
        said["landmarks"] = {point.name: [point.x, point.y] for point in one.landmarks}
    if masks != "none" and one.mask:
        said["mask"] = mask_json(one.mask, masks)
    return said
