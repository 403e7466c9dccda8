"""Looks for what is wanted: which code does it for which task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from image_worker.component import suggestion
from image_worker.errors import InvalidParameterError
from image_worker.vision.codes import find_codes
from image_worker.vision.detections import Found
from image_worker.vision.finding import find
from image_worker.vision.judging import classify
from image_worker.vision.reading import read_text

if TYPE_CHECKING:
    from image_worker.vision.models import Models
    from image_worker.vision.view import View
    from image_worker.vision.wanted import Wanted

_MOST = 100
_MODEL_LESS = {"text", "codes"}


def broad(wanted: Wanted, floor: float) -> Wanted:
    """Return what one look is made for, of which the wanted is a part."""
    least = floor if wanted.min_confidence is None else min(floor, wanted.min_confidence)
    return replace(wanted, min_confidence=least, classes=(), most=None)


def look(wanted: Wanted, view: View, models: Models) -> Found:
    """Return everything of that kind that is at least as sure as wanted."""
    floor = wanted.min_confidence or 0.0
    if wanted.task in _MODEL_LESS:
        if wanted.model is not None:
            raise InvalidParameterError(f"expected no model: {wanted.task} has none to choose")
        return read_text(view, models) if wanted.task == "text" else find_codes(view)
    model = models.load(models.name(wanted.model, wanted.task))
    if wanted.task == "classify":
        return Found(classify(model, view), model.facts)
    found = find(model, view, floor=floor, tiled=wanted.tiles, masks=wanted.masks)
    return Found(found, model.facts)


def narrowed(found: Found, wanted: Wanted, models: Models) -> Found:
    """Return what is wanted of what was found."""
    least = wanted.min_confidence
    if wanted.task not in _MODEL_LESS:
        plan = models.load(found.model.name).plan
        least = plan.min_confidence if least is None else least
        check_labels(wanted.classes, set(plan.labels.values()), found.model.name)
    kept = (
        one
        for one in found.detections
        if one.confidence >= (least or 0.0) and (not wanted.classes or one.label in wanted.classes)
    )
    most = _MOST if wanted.most is None else wanted.most
    return replace(found, detections=tuple(kept)[:most])


def check_labels(asked: tuple[str, ...], known: set[str], model: str) -> None:
    """Refuse a label that the model does not know."""
    for label in asked if known else ():
        if label not in known:
            hint = suggestion(label, known) or f"known are {', '.join(sorted(known))}"
            raise InvalidParameterError(
                f'the model "{model}" knows nothing that is called "{label}"; {hint}'
            )
