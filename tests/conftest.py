"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# Elsewhere each run draws new examples; where a change is judged, the same change always passes.
settings.register_profile("judged", derandomize=True)
if "CI" in os.environ:
    settings.load_profile("judged")
