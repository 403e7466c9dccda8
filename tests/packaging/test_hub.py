"""What RunPod's Hub reads of this repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from image_worker.settings import PREFIX, Settings, load
from src.rp_handler import handler
from tests.packaging.hub_files import Asked, Cases, Fixed, Listing

ROOT = Path(__file__).parents[2]
LISTING = Listing.model_validate_json((ROOT / ".runpod" / "hub.json").read_bytes())
CASES = Cases.model_validate_json((ROOT / ".runpod" / "tests.json").read_bytes())
ASKED = {one.key: one.input for one in LISTING.config.env if isinstance(one, Asked)}
RUNPODS_BYTES = 10_000_000


def environment(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("case", CASES.tests, ids=lambda case: case.name)
def test_the_hubs_jobs_succeed(case: Any) -> None:
    answer = handler({"id": "hub", "input": case.input})
    assert answer["success"], answer
    for result in answer.get("results", []):
        assert result["success"], result


def test_the_hubs_jobs_fetch_nothing_and_are_small() -> None:
    assert '"url"' not in json.dumps([case.input for case in CASES.tests])
    assert len(CASES.model_dump_json()) < RUNPODS_BYTES / 100


def test_the_hubs_jobs_write_most_formats_and_use_most_ways_in() -> None:
    text = json.dumps([case.input for case in CASES.tests])
    for word in ("JPEG", "PNG", "WEBP", "AVIF", "overlay", "redact", "analyze", "images", "health"):
        assert f'"{word}"' in text


def test_every_setting_is_an_input_and_every_input_a_setting() -> None:
    assert set(ASKED) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert len(LISTING.config.env) == len(ASKED)


def test_the_files_that_the_hub_looks_for_are_there() -> None:
    for name in ("handler.py", "Dockerfile", "README.md"):
        assert (ROOT / name).is_file(), name


def test_the_defaults_on_the_hub_are_those_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = load()
    for name, one in ASKED.items():
        monkeypatch.setenv(name, "" if one.default is None else environment(one.default))
    told = load()
    machine = {"batch_threads", "children"}  # their defaults depend on it
    assert told.model_dump(exclude=machine) == usual.model_dump(exclude=machine)


@pytest.mark.parametrize("preset", LISTING.config.presets, ids=lambda preset: preset.name)
def test_presets_say_what_the_settings_accept(preset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(preset.defaults) <= set(ASKED)
    for name, value in preset.defaults.items():
        monkeypatch.setenv(name, environment(value))
    dumped = load().model_dump()
    for name, value in preset.defaults.items():
        assert dumped[name.removeprefix(PREFIX).lower()] == value


@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_input_offers_only_values_that_the_setting_accepts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ASKED[name]
    values: list[object] = [option.value for option in one.options or ()]
    values += [bound for bound in (one.min, one.max) if bound is not None]
    values += [value for value in (one.trueValue, one.falseValue) if value is not None]
    for value in values:
        number = isinstance(value, float) and value.is_integer()
        monkeypatch.setenv(name, str(int(value)) if number else str(value))
        load()


def test_what_people_look_for_first_is_not_hidden() -> None:
    shown = [name for name, one in ASKED.items() if not one.advanced]
    assert f"{PREFIX}BUCKET_ENDPOINT_URL" in shown
    assert len(shown) < len(ASKED) / 3


DIRECT = Listing.model_validate_json(
    (ROOT / ".runpod" / "load-balancing" / "hub.json").read_bytes()
)


def test_the_other_listing_serves_requests_directly() -> None:
    assert DIRECT.config.endpointType == "LB"
    keyless = next(one for one in DIRECT.config.env if one.key.endswith("_NO_AUTH"))
    assert isinstance(keyless, Fixed)
    assert keyless.value == "true"
    assert [one.key for one in DIRECT.config.env] == [one.key for one in LISTING.config.env]
    known = {one.key for one in DIRECT.config.env}
    assert all(set(preset.defaults) <= known for preset in DIRECT.config.presets)
    dockerfile = (ROOT / ".runpod" / "load-balancing" / "Dockerfile").read_text()
    assert 'CMD ["image-worker", "serve"]' in dockerfile
