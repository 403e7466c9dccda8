"""Sentences about what is wrong."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from image_worker.component import Model, explain, refuse, suggestion
from image_worker.component.explain import json_path, shown


class Inner(Model):
    """Something inside."""

    size: int = 1
    """A size."""


class Outer(Model):
    """Something around it."""

    inner: Inner = Inner()
    """What is inside."""

    names: tuple[str, ...] = ()
    """Names."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a", '"a" (text)'),
        ("é\n", '"\\u00e9\\n" (text)'),
        ("x" * 41, f'"{"x" * 40}..." (text)'),
        (True, "true"),
        (None, "null"),
        (1, "1"),
        (1.5, "1.5"),
        (math.nan, "NaN"),
        (-math.inf, "infinity"),
        (10**30, "a number too large to use"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "an object"),
        (b"secret", "bytes"),
    ],
)
def test_a_value_is_shown_as_people_know_it(value: Any, said: str) -> None:
    assert shown(value) == said


@pytest.mark.parametrize("value", [10**400, -(10**5000)], ids=["googol", "more digits than text"])
def test_a_number_of_any_size_is_shown(value: int) -> None:
    assert shown(value) == "a number too large to use"


@pytest.mark.parametrize(
    ("loc", "path"),
    [
        ((), ""),
        (("image",), "image"),
        (("operations", 1, "params", "width"), "operations[1].params.width"),
        (("a", 0, 1), "a[0][1]"),
    ],
)
def test_a_place_is_written_as_programs_write_it(loc: tuple[str | int, ...], path: str) -> None:
    assert json_path(loc) == path


def test_what_is_close_is_suggested() -> None:
    assert suggestion("rezise", ["crop", "resize"]) == 'did you mean "resize"?'
    assert suggestion("zzz", ["crop", "resize"]) == ""
    assert suggestion(None, ["crop"]) == ""


@pytest.mark.parametrize(
    ("payload", "path", "sentence"),
    [
        ({"inner": {"size": "1"}}, "inner.size", 'expected a whole number, got "1" (text)'),
        ({"inner": {"sise": 1}}, "inner.sise", '"sise" is not a known key; did you mean "size"?'),
        ({"inner": 5}, "inner", "expected an object, got 5"),
        ({"zzz": 5}, "zzz", '"zzz" is not a known key; known are inner, names'),
        ([], "", "expected an object, got a list of 0"),
    ],
)
def test_an_error_is_one_sentence_with_its_place(payload: Any, path: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Outer.model_validate(payload)
    problem = explain(raised.value, Outer)
    assert (problem.path, problem.message) == (path, sentence)


def test_a_refusal_says_what_came() -> None:
    problem = explain(refuse("expected more, got {got}", 3, "a", 0), Outer)
    assert (problem.path, problem.message) == ("a[0]", "expected more, got 3")
