"""Chroma subsampling of a JPEG, which libvips only tells roughly."""

from __future__ import annotations

_STARTS_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length."""
_SCAN = 0xDA
_COLOURS = 3

# The notation J:a:b: of 4 pixels in a row, how many chroma samples in the first row and how many
# more in the second; by how many luma samples stand across and down for one of chroma.
_NAMES = {
    (1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (4, 1): "4:1:1", (1, 2): "4:4:0",
    (4, 2): "4:1:0",
}  # fmt: skip


def subsampling(data: bytes) -> str | None:
    """Return it as in `4:2:0`; nothing for grey pictures and what is no JPEG."""
    at = 2
    while data[:2] == b"\xff\xd8" and at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004
        marker = data[at + 1]
        if marker in _STARTS_OF_FRAME:
            return _of_frame(data[at + 4 : at + 2 + int.from_bytes(data[at + 2 : at + 4])])
        if marker == _SCAN:
            break
        fill = marker == 0xFF  # noqa: PLR2004
        skipped = 0 if marker in _ALONE else int.from_bytes(data[at + 2 : at + 4])
        at += 1 if fill else 2 + skipped
    return None


def _of_frame(frame: bytes) -> str | None:
    """Return it from the table of components, three bytes each, after six bytes."""
    samples = [divmod(part, 16) for part in frame[7::3]]
    if len(samples) < _COLOURS or 0 in samples[1]:
        return None
    (across, down), (chroma_across, chroma_down) = samples[:2]
    return _NAMES.get((across // chroma_across, down // chroma_down))
