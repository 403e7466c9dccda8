"""Format."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class Format(Analyzer):
    """The format of the file."""

    name = "format"
    usual = True
    reads = "header"

    def measure(self, subject: Subject) -> str:
        """Return the name."""
        return subject.format
