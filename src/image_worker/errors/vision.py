"""What looks into pictures failed."""

from __future__ import annotations

from image_worker.errors.render import RenderError


class ModelError(RenderError):
    """A model cannot be used: its file is damaged, not the one it should be, or of no known kind.

    It is also the error where a model gives numbers that make no sense.
    """

    code = "model_failed"
    status = 500


class ModelMissingError(ModelError):
    """A model is listed, but its file is not on this machine."""

    code = "model_missing"
    status = 501


class TooLittleFoundError(RenderError):
    """What a step needs was not found in the picture, or less of it than it was told to expect."""

    code = "too_little_found"


class StillSeenError(RenderError):
    """What was to be hidden was found again in the result, which was thrown away."""

    code = "still_seen"
