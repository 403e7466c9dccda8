"""Jobs with numbers that are none, or that no picture can have."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from tests.job.making import job, step

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[object], dict[str, Any]]

GOOGOL = 10**400
"""More than a floating-point number can hold."""


@pytest.mark.parametrize(
    ("value", "came"),
    [
        (math.nan, "NaN"),
        (math.inf, "infinity"),
        (json.loads("1e999"), "infinity"),
        (True, "true"),
        ("800", '"800" (text)'),
        (8.5, "8.5"),
        (8.0, "8.0"),
        (-1, "-1"),
        (0, "0"),
        (70_000, "70000"),
        (10**30, "too large"),
        pytest.param(GOOGOL, "too large", id="googol"),
        ("-5%", '"-5%" (text)'),
        ([8], "a list of 1"),
        ({}, "an object"),
    ],
)
def test_a_width_is_a_whole_number_of_pixels(refused: Refused, value: Any, came: str) -> None:
    said = refused(job(step("resize", width=value)))
    assert (said["code"], said["path"]) == ("invalid_parameter", "operations[0].params.width")
    assert "expected a whole number of pixels from 1 to 65500" in said["error"]
    assert came in said["error"].rsplit("got ", 1)[1]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "expected a finite number, got NaN"),
        (-math.inf, "expected a finite number, got "),
        ("1.2", 'expected a number, got "1.2" (text)'),
        (True, "expected a number, got true"),
        (None, "expected a number, got null"),
        (-1, "got -1"),
        (11, "got 11"),
        pytest.param(GOOGOL, "too large", id="googol"),
    ],
)
def test_a_factor_is_a_number_from_0_to_10(refused: Refused, value: Any, words: str) -> None:
    said = refused(job(step("adjust", brightness=value)))
    assert (said["code"], said["path"]) == ("invalid_parameter", "operations[0].params.brightness")
    assert words in said["error"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "at least 1, got 0"),
        (101, "at most 100, got 101"),
        (85.5, "expected a whole number, got 85.5"),
        ("85", 'expected a whole number, got "85"'),
        (True, "expected a whole number, got true"),
        pytest.param(GOOGOL, "at most 100", id="googol"),
    ],
)
def test_a_quality_is_a_whole_number_from_1_to_100(
    refused: Refused, value: Any, words: str
) -> None:
    said = refused(job(output={"quality": value}))
    assert (said["code"], said["path"]) == ("invalid_parameter", "output.quality")
    assert words in said["error"]


@pytest.mark.parametrize("box", [{"left": 10, "right": 10}, {"left": 100}, {"top": 9, "bottom": 3}])
def test_an_empty_crop_is_refused(refused: Refused, box: dict[str, int]) -> None:
    said = refused(job(step("crop"), step("crop", **box)))
    assert (said["code"], said["path"]) == ("invalid_parameter", "operations[1].params")
    assert "holds no pixel of a picture of 40x30; expected left < right" in said["error"]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"width": 20_000, "height": 20_000, "maintain_aspect": False}, "allowed are 150"),
        ({"width": "900000%"}, "a side may have 65500"),
    ],
)
def test_too_large_a_result_is_refused(
    refused: Refused, parameters: dict[str, Any], words: str
) -> None:
    said = refused(job(step("resize", **parameters)))
    assert (said["code"], said["path"]) == ("output_too_large", "operations[0].params")
    assert words in said["error"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (70_000, "at most 65500, which is this worker's own limit, got 70000"),
        (0, "at least 1, got 0"),
        (-1, "at least 1, got -1"),
        pytest.param(GOOGOL, "at most 65500", id="googol"),
    ],
)
def test_limits_can_only_be_lowered(refused: Refused, value: int, words: str) -> None:
    said = refused(job(limits={"max_side": value}))
    assert (said["code"], said["path"]) == ("invalid_parameter", "limits.max_side")
    assert words in said["error"]


def test_a_large_limit_is_told_in_full(refused: Refused) -> None:
    assert "at most 50000000," in refused(job(limits={"max_source_bytes": 10**9}))["error"]


def test_a_lower_limit_holds(refused: Refused) -> None:
    said = refused(job(limits={"max_side": 39}))
    assert (said["code"], said["path"]) == ("image_too_large", "image")
    assert "at most 39 pixels, got 40x30" in said["error"]


def test_a_limit_is_a_number(refused: Refused) -> None:
    assert "expected a whole number" in refused(job(limits={"max_side": "5"}))["error"]
