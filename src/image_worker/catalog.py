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


READERS = readers()
"""All formats that can be read."""
