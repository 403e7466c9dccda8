"""What results depend on beside their jobs: the programs that make them."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path


def edition() -> str:
    """Return a digest of the names and versions of all installed packages.

    Any of them may draw a picture differently in its next version: libvips, a model's runtime, or
    a package with operations. Their folders of facts are called by name and version; reading the
    facts themselves would take a hundred times as long.
    """
    found: set[str] = set()
    for place in sys.path:
        with suppress(OSError):
            found |= {each.name for each in Path(place or ".").glob("*.dist-info")}
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()
