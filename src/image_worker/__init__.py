"""Image processing by JSON jobs: on RunPod, over HTTP, on the command line, in Python.

>>> from image_worker import process
>>> process("photo.jpg", [{"resize": {"width": 800}}], {"format": "WEBP"}).save("small.webp")
"""

from image_worker.errors import ImageWorkerError
from image_worker.job import Job
from image_worker.library import Result, process
from image_worker.version import __version__

__all__ = ["ImageWorkerError", "Job", "Result", "__version__", "process"]
