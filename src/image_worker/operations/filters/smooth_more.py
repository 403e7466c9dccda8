"""SmoothMore."""

from __future__ import annotations

from image_worker.operations.filters.kernel import Kernel, KernelFilter


class SmoothMore(KernelFilter):
    """Soften with a kernel of 5x5 pixels."""

    name = "smooth_more"
    seconds_per_megapixel = 0.12
    kernel = Kernel(
        [[1, 1, 1, 1, 1], [1, 5, 5, 5, 1], [1, 5, 44, 5, 1], [1, 5, 5, 5, 1], [1, 1, 1, 1, 1]],
        100,
    )
    mixes = True
