"""Who takes part. Each module has `make(job)`, which returns what does the job with a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A contestant."""

    name: str
    title: str
    environment: str = "own"
    """Where it runs: in the environment of this project (`own`), in Python with other libraries
    (`python`), or in Node.js (`node`)."""


PEERS = {
    peer.name: peer
    for peer in (
        Peer("ours", "ours"),
        Peer("isolated", "ours, in children"),
        Peer("apart", "ours, four jobs"),
        Peer("batch", "ours, a batch"),
        Peer("kept", "ours, cached in memory"),
        Peer("folder", "ours, cached in a folder"),
        Peer("tutorial", "tutorial"),
        Peer("pillow", "Pillow, tuned"),
        Peer("opencv", "OpenCV", "python"),
        Peer("sharp", "sharp", "node"),
        Peer("sharp_plain", "sharp, plain tables", "node"),
        Peer("floor", "codecs alone", "python"),
    )
}
