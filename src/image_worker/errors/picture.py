"""The bytes are not a picture that may be opened."""

from __future__ import annotations

from image_worker.errors.base import ImageWorkerError


class PictureError(ImageWorkerError):
    """The bytes are not a picture that may be opened."""

    code = "invalid_image"
    status = 422


class EmptyImageError(PictureError):
    """The source has no bytes at all."""

    code = "empty_image"


class UnsupportedFormatError(PictureError):
    """The bytes are not one of the formats that are read here."""

    code = "unsupported_format"
    status = 415


class CorruptImageError(PictureError):
    """The picture is truncated or damaged."""

    code = "image_corrupt"


class ImageTooLargeError(PictureError):
    """The picture has more pixels, or a longer side, than allowed."""

    code = "image_too_large"
    status = 413


class TooManyFramesError(PictureError):
    """The picture has more frames or pages than allowed."""

    code = "too_many_frames"
    status = 413
