"""Random jobs from the schema, right and wrong, at the worker and at RunPod's handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.inputs.jobs import jobs
from fuzz.stage import answered

if TYPE_CHECKING:
    from fuzz.figures import Figure
    from fuzz.plan import Plan

COUNT = 5_000


def run(plan: Plan) -> list[Figure]:
    """Answer random jobs."""
    count = plan.scaled(COUNT)
    return answered(plan, jobs(count, plan.seed), "random jobs", count)
