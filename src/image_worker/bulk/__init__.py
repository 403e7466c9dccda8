"""One job over many files, on all processors, so that it can be stopped and taken up again.

`plan` finds out what is to do, `carry_out` has a `Pool` do it, a `Manifest` remembers what was
done.
"""

from image_worker.bulk.finding import Finder, NotFound
from image_worker.bulk.manifest import Manifest, ManifestError
from image_worker.bulk.names import Template
from image_worker.bulk.planning import Plan, Wanted, carry_out, plan, planned
from image_worker.bulk.pool import Pool
from image_worker.bulk.task import Done, Task

__all__ = [
    "Done",
    "Finder",
    "Manifest",
    "ManifestError",
    "NotFound",
    "Plan",
    "Pool",
    "Task",
    "Template",
    "Wanted",
    "carry_out",
    "plan",
    "planned",
]
