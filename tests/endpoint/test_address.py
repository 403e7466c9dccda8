"""Where jobs are sent, and with which key."""

from __future__ import annotations

import pytest

from image_worker.endpoint import Endpoint, EndpointSettingsError
from image_worker.endpoint.address import RUNPOD, address
from image_worker.settings import unknown_settings

VARIABLES = ("RUNPOD_API_KEY", "RUNPOD_ENDPOINT_ID", "RUNPOD_ENDPOINT_BASE_URL")
OURS = ("IMAGE_WORKER_URL", "IMAGE_WORKER_KEY")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *OURS):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES[:2]:
        monkeypatch.setenv(name, name)
    monkeypatch.setenv("IMAGE_WORKER_KEY", "ours")


@pytest.mark.usefixtures("environment")
def test_runpod_is_found_by_the_variables_of_its_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    found = address(None, None, None)
    assert (found.root, found.key) == (f"{RUNPOD}/RUNPOD_ENDPOINT_ID", "RUNPOD_API_KEY")
    assert found.queue_of_runpod
    assert address("other", None, "said").url("status", "a/b") == f"{RUNPOD}/other/status/a%2Fb"
    monkeypatch.setenv("RUNPOD_ENDPOINT_BASE_URL", "http://127.0.0.1:1/v2")
    found = address("other", None, None)
    assert (found.root, found.key) == ("http://127.0.0.1:1/v2/other", "RUNPOD_API_KEY")


@pytest.mark.usefixtures("environment")
def test_no_key_goes_to_a_host_that_it_is_not_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert address(None, "http://example.com:8000/", None).key == "ours"
    assert address(None, "https://api.runpod.ai.example.com", None).key == "ours"
    assert address(None, "http://api.runpod.ai", None).key == "ours"
    assert address(None, "https://abc.api.runpod.ai", None).key == "RUNPOD_API_KEY"
    monkeypatch.setenv("IMAGE_WORKER_URL", "http://example.com")
    found = address(None, None, None)
    assert (found.root, found.key) == ("http://example.com", "ours")
    assert address("id", None, None).root == f"{RUNPOD}/id"


@pytest.mark.parametrize(
    ("endpoint_id", "url", "key", "sentence"),
    [
        (None, None, "a", "RUNPOD_ENDPOINT_ID or IMAGE_WORKER_URL"),
        ("id", None, None, "RUNPOD_API_KEY"),
        ("a/b", None, "a", "id of an endpoint"),
        ("id", None, "a\nb", "printable"),
        (None, "ftp://example.com", None, "http or https"),
        (None, "http://[", None, "http or https"),
        (None, "http://example.com?a=1", None, "without a query"),
        (None, "http://a:b@example.com", None, "password"),
    ],
)
def test_what_cannot_be_right(
    endpoint_id: str | None, url: str | None, key: str | None, sentence: str
) -> None:
    with pytest.raises(EndpointSettingsError, match=sentence):
        address(endpoint_id, url, key)


def test_keys_are_not_shown() -> None:
    endpoint = Endpoint("id", api_key="secret")
    shown = f"{endpoint!r} {endpoint._remote!r} {endpoint._remote._exchange.address!r}"
    assert f"{RUNPOD}/id" in shown
    assert "secret" not in shown


def test_the_variables_of_clients_are_no_mistakes() -> None:
    assert not unknown_settings(dict.fromkeys(OURS, "a"))
