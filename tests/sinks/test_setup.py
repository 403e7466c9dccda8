"""What is set for results on their way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from image_worker.settings import SettingsError, load

if TYPE_CHECKING:
    from pathlib import Path

RUNPOD = {
    "BUCKET_ENDPOINT_URL": "https://pics.s3.eu-west-1.amazonaws.com",
    "BUCKET_ACCESS_KEY_ID": "key",
    "BUCKET_SECRET_ACCESS_KEY": "the-secret",
}


def environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_a_bucket_is_set_in_runpods_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().bucket is None
    environment(monkeypatch, **RUNPOD)
    bucket = load().bucket
    assert bucket
    assert (bucket.name, bucket.region, bucket.access_key_id) == ("pics", "eu-west-1", "key")
    assert bucket.secret_access_key == "the-secret"  # noqa: S105 - of nobody


def test_our_own_words_stand_before_runpods(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(
        monkeypatch,
        **RUNPOD,
        IMAGE_WORKER_BUCKET_ENDPOINT_URL="http://10.0.0.1:9000",
        IMAGE_WORKER_BUCKET_NAME="own",
        IMAGE_WORKER_BUCKET_REGION="here",
    )
    bucket = load().bucket
    assert bucket
    assert (bucket.endpoint, bucket.name) == ("http://10.0.0.1:9000", "own")
    assert bucket.region == "here"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"BUCKET_ACCESS_KEY_ID": ""}, "needs BUCKET_ACCESS_KEY_ID"),
        (
            {"BUCKET_ENDPOINT_URL": "https://storage.example"},
            r"BUCKET_NAME.*expected the name of a bucket",
        ),
        ({"BUCKET_ENDPOINT_URL": "storage"}, "http://"),
        ({"IMAGE_WORKER_BUCKET_KEY": "{when}/a"}, "{when} is not a known field"),
        ({"IMAGE_WORKER_BUCKET_EXPIRES": "604801"}, "604800"),
    ],
)
def test_a_bucket_that_cannot_work_stops_the_worker(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], words: str
) -> None:
    environment(monkeypatch, **{**RUNPOD, **changes})
    with pytest.raises(SettingsError, match=words):
        load()


def test_the_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment(monkeypatch, **RUNPOD, IMAGE_WORKER_VOLUME=str(tmp_path))
    settings = load()
    assert settings.volume == tmp_path
    assert "the-secret" not in repr(settings)
    assert "the-secret" not in settings.model_dump_json()
