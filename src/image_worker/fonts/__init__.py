"""The fonts that come with the program, so that text needs nothing of the machine.

DejaVu Sans covers Latin, Cyrillic, Greek, Armenian, Georgian, Arabic and Hebrew, symbols and the
commonest emoji, in outline; Chinese, Japanese, Korean, Thai and the scripts of India need a font
of the system. `vendor/vendored.json` says which package the files are from.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

FAMILY = "DejaVu Sans"
"""The family of all files here."""

FILES = tuple(_HERE / "vendor" / name for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
"""Regular and bold."""

CONFIGURATION = _HERE / "fonts.conf"
"""For fontconfig, on machines that have none: without one it complains on standard error."""
