"""Where the pixels are worked: plain values go in, plain values come out."""

from image_worker.engine.inprocess import InProcessEngine
from image_worker.engine.request import Engine, RenderRequest

__all__ = ["Engine", "InProcessEngine", "RenderRequest"]
