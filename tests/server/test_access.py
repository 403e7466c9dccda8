"""Keys, hosts and origins."""

from __future__ import annotations

import hashlib

import pytest

from image_worker.server.access import Doors, Keys
from image_worker.server.options import Options
from tests.server.serving import client

KEY = "correct-horse"
HASHED = f"sha256:{hashlib.sha256(KEY.encode()).hexdigest()}"


@pytest.mark.parametrize("kept", [KEY, HASHED])
@pytest.mark.parametrize("given", [f"Bearer {KEY}", f"bearer  {KEY}", KEY])
def test_a_key_opens_in_each_of_its_forms(kept: str, given: str) -> None:
    assert Keys.of([kept, "another"]).open(given)


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer wrong", f"Basic {KEY}", HASHED])
def test_anything_else_does_not(given: str | None) -> None:
    assert not Keys.of([KEY, HASHED, "another"]).open(given)


def test_only_digests_are_held() -> None:
    assert KEY not in repr(Keys.of([KEY]))


def test_without_keys_everybody_may_call() -> None:
    assert client().get("/operations").status_code == 200


def test_with_keys_nobody_else_may() -> None:
    server = client(options=Options(keys=Keys.of([KEY])))
    refused = server.get("/operations")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")
    assert refused.headers["www-authenticate"] == "Bearer"
    allowed = server.get("/operations", headers={"authorization": f"Bearer {KEY}"})
    assert allowed.status_code == 200


@pytest.mark.parametrize("path", ["/ping", "/healthz", "/readyz"])
def test_probes_need_no_key(path: str) -> None:
    assert client(options=Options(keys=Keys.of([KEY]))).get(path).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:80", "images.example"])
def test_our_own_names_are_answered(host: str) -> None:
    options = Options(doors=Doors(hosts=frozenset({"images.example"})))
    assert client(options=options).get("/operations", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1", "[::1"])
def test_a_foreign_name_that_leads_here_is_refused(host: str) -> None:
    refused = client().get("/operations", headers={"host": host})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_origin")


def test_a_public_server_has_any_name() -> None:
    options = Options(doors=Doors(public=True))
    answer = client(options=options).get("/operations", headers={"host": "any.example"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:9", "http://[::1"]
)
def test_a_foreign_page_cannot_change_anything(origin: str) -> None:
    refused = client().post("/validate", json={}, headers={"origin": origin})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_origin")


@pytest.mark.parametrize("origin", ["http://127.0.0.1", "https://friend.example"])
def test_our_own_page_and_its_friends_can(origin: str) -> None:
    options = Options(doors=Doors(origins=frozenset({"https://friend.example"})))
    answer = client(options=options).post("/validate", json={}, headers={"origin": origin})
    assert answer.status_code == 200


def test_requests_keep_their_id_or_get_one() -> None:
    server = client()
    kept = server.get("/healthz", headers={"x-request-id": "abc-1"})
    assert kept.headers["x-request-id"] == "abc-1"
    made = [
        server.get("/healthz", headers={"x-request-id": bad}).headers["x-request-id"]
        for bad in ("", "x" * 200, "a b")
    ]
    assert len(set(made)) == 3
    assert all(len(name) == 32 for name in made)
