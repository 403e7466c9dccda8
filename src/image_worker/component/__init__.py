"""What everything in a job is made of: frozen, documented, strict values found by their name."""

from image_worker.component.explain import explain, lacking, refuse, retell, suggestion
from image_worker.component.family import Family, discover
from image_worker.component.model import Component, Model, Several
from image_worker.component.wire import ByFormat, ByKey, ByName, ByType

__all__ = [
    "ByFormat",
    "ByKey",
    "ByName",
    "ByType",
    "Component",
    "Family",
    "Model",
    "Several",
    "discover",
    "explain",
    "lacking",
    "refuse",
    "retell",
    "suggestion",
]
