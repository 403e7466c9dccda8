"""What this worker can do: every operation, filter, format and measurement, by name."""

from __future__ import annotations

from importlib.metadata import entry_points

from image_worker import analysis, formats, operations, selectors
from image_worker.analysis.base import Analyzer
from image_worker.component import Family, discover
from image_worker.formats.base import Output
from image_worker.formats.reading import readers
from image_worker.operations import filters
from image_worker.operations.base import Operation
from image_worker.operations.filter import Filter
from image_worker.selectors import Named, Selector

for _package in (selectors, operations, filters, formats, analysis):
    discover(_package)
for _entry in entry_points(group="image_worker.operations"):
    _entry.load()

OPERATIONS: Family = Operation.family
"""All operations."""

FILTERS: Family = Filter.family
"""All filters, which stand under the operation `filter`."""

FORMATS: Family = Output.family
"""All formats that can be written."""

ANALYZERS: Family = Analyzer.family
"""All measurements."""

VISION = "vision"
"""The extra that finds things in pictures; until it is installed, these names ask for it."""

Named.family.promise(VISION, "subject", "face", "faces", "object:", "text")
Selector.family.promise(VISION, "detect")
OPERATIONS.promise(VISION, "remove_background", "segment", "crop_objects", "upscale")
ANALYZERS.promise(VISION, "objects", "faces", "text", "codes", "classify")

READERS = readers()
"""All formats that can be read."""
