"""The suites of `./run fuzz` in short: the same code with fewer inputs, always the same ones."""

from __future__ import annotations

import importlib

import pytest

from fuzz.plan import Plan
from fuzz.suites import SUITES

SCALES = {
    "files": 0.03,
    "bombs": 0.1,
    "pictures": 0.5,
    "addresses": 0.1,
    "origins": 1,
    "jobs": 0.05,
    "errors": 0.2,
    "encoders": 0.25,
    "kills": 0.05,
    "soak": 0.06,
    "overload": 0.07,
    "routes": 0.05,
}
"""Shares of the full counts."""
SLACK = 10
"""By how much a busy machine may miss what is measured; counts are exact."""


def test_every_suite_has_a_short_form() -> None:
    assert set(SCALES) == set(SUITES)


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_keeps_its_bars(name: str) -> None:
    figures = importlib.import_module(f"fuzz.suites.{name}").run(Plan(scale=SCALES[name]))
    assert figures
    missed = [str(figure) for figure in figures if not figure.met(SLACK)]
    assert not missed, "\n".join(missed)
