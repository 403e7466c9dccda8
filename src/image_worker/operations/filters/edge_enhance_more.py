"""EdgeEnhanceMore."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class EdgeEnhanceMore(KernelFilter):
    """Make edges stand out strongly."""

    name = "edge_enhance_more"
    kernel = Kernel([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]])
