"""FindEdges."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class FindEdges(KernelFilter):
    """Show edges alone, bright on black, in each channel of its own."""

    name = "find_edges"
    kernel = Kernel([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
