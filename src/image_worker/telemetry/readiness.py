"""Where a server or a worker is in its life."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """A time in its life, with the status that RunPod's load balancer expects for it."""

    STARTING = 204
    READY = 200
    STOPPING = 503


class Readiness:
    """Whether jobs are taken."""

    def __init__(self) -> None:
        """Begin by starting."""
        self.state = State.STARTING

    def ready(self) -> None:
        """Take jobs, unless it is the end already."""
        if self.state is State.STARTING:
            self.state = State.READY

    @property
    def status(self) -> int:
        """The status of an answer to `/ping`."""
        return self.state.value

    @property
    def reason(self) -> str:
        """Why no jobs are taken; empty when they are."""
        return "" if self.state is State.READY else self.state.name.lower()
