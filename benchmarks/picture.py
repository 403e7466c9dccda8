"""The usual picture: a JPEG of 12 megapixels."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.inputs import SIZES, write

SIZE = SIZES[12]


def photograph() -> bytes:
    """Return a JPEG of quality 90 and halved colours, made of a photograph and grain."""
    with tempfile.TemporaryDirectory() as folder:
        return write("12", Path(folder)).read_bytes()
