"""The format of the source."""

from __future__ import annotations

from image_worker.formats.base import Animated, Lossy
from image_worker.formats.values import AnyQuality, Profile


class Original(Lossy, Animated):
    """The format of the source; PNG or JPEG, by transparency, where that is only read."""

    name = "ORIGINAL"
    mime = "application/octet-stream"
    suffix = ""

    quality: AnyQuality | None = None
    """1 to 100, or `auto` for the lowest that is as like the picture as `min_ssim`. Default: that
    of the format (JPEG 85, WebP 80, AVIF 60)."""

    color_profile: Profile = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), `cmyk` (JPEG
    and TIFF alone), or `keep` for the source's own, which is embedded again."""
