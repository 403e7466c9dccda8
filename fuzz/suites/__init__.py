"""What is tried; each suite returns its figures."""

SUITES = (
    "files", "bombs", "pictures", "addresses", "origins", "jobs", "errors", "encoders", "kills",
    "soak", "overload", "routes",
)  # fmt: skip
"""Modules of this package, in the order in which they are run."""
