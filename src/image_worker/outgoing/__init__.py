"""The one way to the network for everything that a caller names.

`Outgoing` fetches a URL into memory, or sends bytes to one, under a `Policy`: what may be reached,
how large it may be and how long it may take. Every failure is one of the classes in
`image_worker.errors`.
"""

from image_worker.outgoing.client import Outgoing
from image_worker.outgoing.policy import Policy

__all__ = ["Outgoing", "Policy"]
