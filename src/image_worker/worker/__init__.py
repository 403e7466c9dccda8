"""Does jobs: reads the sources, renders, and hands over the result."""

from image_worker.worker.outcome import Outcome
from image_worker.worker.ticket import Ticket
from image_worker.worker.worker import Worker

__all__ = ["Outcome", "Ticket", "Worker"]
