"""Where the server is in its life."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """A time in the life of a server, with what it answers to RunPod's load balancer."""

    STARTING = 204
    READY = 200
    STOPPING = 503


class Readiness:
    """Whether jobs are taken."""

    def __init__(self) -> None:
        """Begin by starting."""
        self.state = State.STARTING

    @property
    def ping_status(self) -> int:
        """The status by which RunPod's load balancer knows the state."""
        return self.state.value

    @property
    def reason(self) -> str:
        """Why no jobs are taken; empty when they are."""
        if self.state is State.READY:
            return ""
        return "the first child is starting" if self.state is State.STARTING else "stopping"
