"""Presets: steps by name, with variables, from a settings file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.settings import Settings, SettingsError
from tests.job.making import job, step

if TYPE_CHECKING:
    from pathlib import Path

PRESETS = {
    "avatar": {
        "description": "A square for lists of people",
        "operations": [
            {"resize": {"width": "${size}", "height": "${size}", "fit": "cover"}},
            {"type": "filter", "params": {"name": "${look}"}},
        ],
        "output": {"format": "WEBP", "quality": 70},
        "defaults": {"size": 16, "look": "sharpen"},
    },
    "half": {"operations": [{"resize": {"width": "${share}%"}}]},
}


@pytest.fixture
def do(tmp_path: Path) -> Any:
    path = tmp_path / "presets.json"
    path.write_text(json.dumps(PRESETS))
    return Settings(presets=path).worker().answer


def preset(name: str, **variables: Any) -> dict[str, Any]:
    return step("preset", name=name, **variables)


def test_it_stands_for_its_steps_and_output(do: Any) -> None:
    answer = do(job(preset("avatar")))
    assert answer["success"], answer
    assert [one["type"] for one in answer["steps"]] == ["resize", "filter"]
    assert answer["metadata"]["format"] == "WEBP"
    assert (answer["metadata"]["width"], answer["metadata"]["height"]) == (16, 16)


def test_variables_keep_their_kind_and_stand_inside_of_text(do: Any) -> None:
    assert do(job(preset("avatar", size=9)))["metadata"]["width"] == 9
    assert do(job(preset("half", share=50)))["metadata"]["width"] == 20


def test_the_output_of_the_job_comes_first(do: Any) -> None:
    assert do(job(preset("avatar"), output={"format": "PNG"}))["metadata"]["format"] == "PNG"


def test_its_condition_holds_for_all_of_its_steps(do: Any) -> None:
    answer = do(job({**preset("avatar"), "when": {"width": {">": 1000}}}))
    assert [one.get("skipped") for one in answer["steps"]] == [True, True]


def test_the_short_form(do: Any) -> None:
    assert do(job({"preset": {"name": "avatar", "size": 5}}))["metadata"]["width"] == 5


@pytest.mark.parametrize(
    ("wrong", "path", "text"),
    [
        (preset("avatr"), "operations[1].params.name", 'did you mean "avatar"'),
        (preset("avatar", sise=3), "operations[1].params.sise", 'did you mean "size"'),
        (preset("half"), "operations[1].params", "share"),
        (preset("avatar", size=-1), "operations[1].params", 'the preset "avatar"'),
        (preset("avatar", look="sharpn"), "operations[1].params", 'did you mean "sharpen"'),
    ],
)
def test_errors_name_the_preset_where_it_stands(
    do: Any, wrong: dict[str, Any], path: str, text: str
) -> None:
    answer = do(job(step("resize", width=30), wrong))
    assert (answer["code"], answer["path"]) == ("invalid_parameter", path)
    assert text in answer["error"]


def test_other_steps_keep_their_place_in_errors(do: Any) -> None:
    answer = do(job(preset("avatar"), step("resize", width=0)))
    assert answer["path"] == "operations[1].params.width"


def test_steps_inside_of_presets_count(do: Any) -> None:
    answer = do(job(*[preset("avatar")] * 33))
    assert (answer["code"], answer["path"]) == ("invalid_parameter", "operations")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "PRESETS"),
        ('{"a": {"operations": []}}', "at least 1"),
        ('{"a": {"steps": []}}', "operations"),
    ],
)
def test_a_wrong_file_stops_the_worker(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "presets.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=said):
        Settings(presets=path).worker()


def test_a_missing_file_stops_the_worker(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.json"):
        Settings(presets=tmp_path / "none.json").worker()
