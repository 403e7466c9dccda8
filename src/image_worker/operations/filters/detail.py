"""Detail."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class Detail(KernelFilter):
    """Bring out fine detail."""

    name = "detail"
    kernel = Kernel([[0, -1, 0], [-1, 10, -1], [0, -1, 0]], 6)
