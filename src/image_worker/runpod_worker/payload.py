"""How large an answer may be.

RunPod refuses larger ones, and its SDK then loses them without a word to the client. So the answer
is measured before it is returned, and a job whose answer would be too large says so.
"""

from __future__ import annotations

_RUN_BYTES = 10_000_000
_RUNSYNC_BYTES = 20_000_000
_MARGIN_BYTES = 100_000
"""What the SDK and the platform put around an answer, and more."""
_RUNSYNC = "sync-"


def inline_bytes(job: str, wanted: int | None = None) -> int:
    """Return the bytes that the answer may have as JSON; jobs of `/runsync` have names of a kind.

    `wanted` is what a setting says instead.
    """
    if wanted is not None:
        return wanted
    limit = _RUNSYNC_BYTES if job.startswith(_RUNSYNC) else _RUN_BYTES
    return limit - _MARGIN_BYTES
