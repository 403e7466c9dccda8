"""What the routes work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from image_worker.server.options import Options
    from image_worker.worker import Worker


@dataclass(frozen=True, slots=True)
class Service:
    """A worker, the threads that wait for it, and how the server is set up."""

    worker: Worker
    pool: Executor
    options: Options
