"""Names of results."""

from __future__ import annotations

from pathlib import Path

import pytest

from image_worker.bulk.finding import Found
from image_worker.bulk.names import Template, complete

CAT = Found("photos/b/cat.v2.PNG", "b", 1, 1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("small/{stem}.webp", "small/cat.v2.webp"),
        ("{dir}/{stem}_800.{ext}", "photos/b/cat.v2_800.webp"),
        ("out/{sub}/{name}", "out/b/cat.v2.PNG"),
        ("out", "out/b/cat.v2.webp"),
        ("out/", "out/b/cat.v2.webp"),
        ("{{a}}{stem}.{ext}", "{a}cat.v2.webp"),
    ],
)
def test_fields_are_filled_in(text: str, name: str) -> None:
    assert Template.read(text).fill(CAT, "webp") == str(Path.cwd() / name)


def test_files_that_were_named_themselves_lie_below_nothing() -> None:
    assert Template.read("out").fill(Found("cat.png"), "png") == str(Path.cwd() / "out/cat.png")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{stam}.jpg", 'did you mean "stem"?'),
        ("{what}.jpg", "known are {dir}, {sub}, {stem}, {name}, {ext}"),
        ("{}.jpg", "there is no field"),
        ("{stem!r}.jpg", "a field is its name alone"),
        ("{stem:>9}.jpg", "a field is its name alone"),
        ("{stem.jpg", "stand for braces"),
    ],
)
def test_other_fields_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Template.read(text)
    assert sentence in str(refused.value)


def test_a_template_tells_its_ending_and_its_folder() -> None:
    assert Template.read("small/{stem}.webp").suffix == "webp"
    assert Template.read("small/{stem}.{ext}").suffix == ""
    assert Template.read("small/{stem}.webp").folder == "small"
    assert Template.read("{dir}/{stem}.webp").folder == "."
    assert Template.read("/a/b{stem}").folder == "/a"


def test_a_source_keeps_its_own_ending_where_it_fits() -> None:
    assert complete("a.{ext}", "b.JPEG", ("jpg", "jpeg")) == "a.JPEG"
    assert complete("a.{ext}", "b.png", ("jpg", "jpeg")) == "a.jpg"
    assert complete("a.webp", "b.png", ("webp",)) == "a.webp"
