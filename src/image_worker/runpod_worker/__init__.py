"""The worker that RunPod runs: jobs from its queue, done under its own SDK.

Nothing here imports anything slow before it is needed, and the SDK is imported last.
"""

from image_worker.runpod_worker.answers import handler
from image_worker.runpod_worker.startup import start

__all__ = ["handler", "start"]
