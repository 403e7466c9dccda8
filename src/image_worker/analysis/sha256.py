"""Digest of the file."""

from __future__ import annotations

import hashlib

from image_worker.analysis.base import Analyzer, Subject


class Sha256(Analyzer):
    """SHA-256 of the bytes of the source, as 64 hexadecimal digits."""

    name = "sha256"
    reads = "header"
    of_file = True

    def measure(self, subject: Subject) -> str:
        """Return the digest."""
        return hashlib.sha256(subject.stored.data if subject.stored else b"").hexdigest()
