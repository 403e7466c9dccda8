"""Settings from the environment."""

from __future__ import annotations

import logging
import os
from typing import Any

import pytest

from image_worker.engine import InProcessEngine
from image_worker.limits import Limits
from image_worker.settings import PREFIX, Settings, SettingsError, load, unknown_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without any setting of the person who runs the tests."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_nothing_needs_to_be_set() -> None:
    settings = load()
    assert settings.limits == Limits()
    assert settings.policy.ports == (80, 443)
    assert settings.batch_threads >= 2
    assert not settings.svg


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ALLOW_HOSTS", "example.com, *.example.org:8080,", ("example.com", "*.example.org:8080")),
        ("ALLOW_NETWORKS", "10.1.0.0/16", ("10.1.0.0/16",)),
        ("PORTS", "80, 8080", (80, 8080)),
        ("SVG", "true", True),
        ("SVG", "0", False),
        ("CACHE_BYTES", "0", 0),
        ("FETCH_TIMEOUT", "2.5", 2.5),
        ("MAX_SIDE", "1000", 1000),
        ("MAX_INPUT_MEGAPIXELS", "0.5", 0.5),
    ],
)
def test_a_setting_is_read_from_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(PREFIX + name, text)
    assert getattr(load(), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("CACHE_BYTES", "-1", "IMAGE_WORKER_CACHE_BYTES: expected a number of at least 0"),
        ("THREADS", "many", 'IMAGE_WORKER_THREADS: .* got "many"'),
        ("PORTS", "80,x", r'IMAGE_WORKER_PORTS\[1\]: .* got "x"'),
        ("PORTS", "0", "ports must lie between 1 and 65535"),
        ("SVG", "maybe", 'IMAGE_WORKER_SVG: .* got "maybe"'),
        ("MAX_SIDE", "0", "IMAGE_WORKER_MAX_SIDE: expected a number of at least 1"),
        ("FETCH_TIMEOUT", "nan", "IMAGE_WORKER_FETCH_TIMEOUT: expected"),
        ("ALLOW_NETWORKS", "nonsense", "'nonsense' does not appear to be"),
        ("ALLOW_HOSTS", "http://example.com", "not a host, or host and port: 'http://"),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, words: str
) -> None:
    monkeypatch.setenv(PREFIX + name, text)
    with pytest.raises(SettingsError, match=words) as raised:
        load()
    assert "\n" not in raised.value.message


def test_an_unknown_setting_is_told_with_a_suggestion(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sentences = unknown_settings({"IMAGE_WORKER_CACHE_BYTE": "1", "IMAGE_WORKER_SVG": "1", "A": ""})
    assert sentences == [
        'IMAGE_WORKER_CACHE_BYTE is not a setting; did you mean "IMAGE_WORKER_CACHE_BYTES"?'
    ]
    monkeypatch.setenv("IMAGE_WORKER_CACHE_BYTE", "1")
    with caplog.at_level(logging.WARNING):
        load()
    assert sentences[0] in caplog.text


def test_what_is_given_stands_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKER_MAX_SIDE", "1000")
    assert load(max_side=2000).limits.max_side == 2000


def test_every_limit_is_a_setting_and_every_setting_is_documented() -> None:
    assert set(Limits.model_fields) < set(Settings.model_fields)
    properties = Settings.raw_schema()["properties"]
    assert [name for name, part in properties.items() if not part.get("description")] == []


@pytest.mark.parametrize(
    ("isolated", "serving", "apart"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_pictures_of_strangers_are_worked_in_children(
    *, isolated: bool | None, serving: bool, apart: bool
) -> None:
    engine = Settings(isolated=isolated).engine(serving=serving)
    assert isinstance(engine, InProcessEngine) is not apart
    engine.close()


def test_where_there_are_no_children_it_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with caplog.at_level(logging.WARNING):
        assert isinstance(Settings().engine(serving=True), InProcessEngine)
    assert "children need Linux" in caplog.text


def test_children_are_kept_as_the_settings_say() -> None:
    settings = Settings(
        isolated=True, children=3, child_memory_bytes=300_000_000, queue_seconds=2, waiting_bytes=9
    )
    engine: Any = settings.engine()
    kept = engine._isolation
    assert (kept.children, kept.memory_bytes) == (3, 300_000_000)
    assert (kept.queue_seconds, kept.waiting_bytes) == (2, 9)
    assert engine.load().children == 3
    engine.close()
