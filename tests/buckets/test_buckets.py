"""Buckets: as people describe them, and as URLs that open them."""

from __future__ import annotations

from typing import Any

import pytest

from image_worker.buckets import Bucket, bucket_at, bucket_of_job
from image_worker.errors import ImageWorkerError, InvalidParameterError

CONFIG = {
    "accessId": "key",
    "accessSecret": "secret",
    "bucketName": "pics",
    "endpointUrl": "https://storage.example",
}


@pytest.mark.parametrize(
    ("endpoint", "name", "found", "region", "url"),
    [
        ("https://s.example", "pics", "pics", "us-east-1", "https://s.example/pics/k?"),
        ("https://s.example/", "pics", "pics", "us-east-1", "https://s.example/pics/k?"),
        ("https://s.example/pics", None, "pics", "us-east-1", "https://s.example/pics/k?"),
        ("http://10.0.0.1:9000/pics/", "pics", "pics", "us-east-1", "http://10.0.0.1:9000/pics/k?"),
        ("https://pics.s.example", "pics", "pics", "us-east-1", "https://pics.s.example/k?"),
        (
            "https://my.pics.s3.eu-west-1.amazonaws.com",
            None,
            "my.pics",
            "eu-west-1",
            "https://my.pics.s3.eu-west-1.amazonaws.com/k?",
        ),
        (
            "https://s3.us-west-004.backblazeb2.com",
            "pics",
            "pics",
            "us-west-004",
            "https://s3.us-west-004.backblazeb2.com/pics/k?",
        ),
        (
            "https://pics.nyc3.digitaloceanspaces.com",
            None,
            "pics",
            "nyc3",
            "https://pics.nyc3.digitaloceanspaces.com/k?",
        ),
        (
            f"https://{'a1' * 16}.r2.cloudflarestorage.com",
            "pics",
            "pics",
            "auto",
            f"https://{'a1' * 16}.r2.cloudflarestorage.com/pics/k?",
        ),
        ("https://[2001:db8::1]:9000", "pics", "pics", "us-east-1", "https://[2001:db8::1]:9000/p"),
    ],
)
def test_a_bucket_is_found_in_its_url(
    endpoint: str, name: str | None, found: str, region: str, url: str
) -> None:
    bucket = bucket_at(endpoint, "key", "secret", name=name)
    assert (bucket.name, bucket.region) == (found, region)
    signed = bucket.sign("GET", "k", seconds=60)
    assert signed.startswith(url)
    assert f"%2F{region}%2Fs3%2Faws4_request" in signed
    assert "X-Amz-Expires=60&" in signed


def test_another_bucket_of_the_same_storage() -> None:
    in_path = bucket_at("https://s.example", "key", "secret", name="pics").called("more")
    assert in_path.sign("GET", "k", seconds=1).startswith("https://s.example/more/k?")
    in_host = bucket_at("https://pics.s.example", "key", "secret", name="pics").called("more")
    assert in_host.sign("GET", "k", seconds=1).startswith("https://more.s.example/k?")


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("https://s.example", None),
        ("https://s.example/a/b", None),
        ("https://s.example/a", "b"),
        ("https://s.example/?a", "b"),
        ("https://s.example", "../b"),
        ("https://s.example", "evil.example/"),
        ("https://s.example", "a@b"),
        ("s.example", "b"),
        ("https://user:pass@s.example", "b"),
        ("file:///etc", "b"),
    ],
)
def test_a_url_that_says_too_little_or_too_much_is_refused(endpoint: str, name: str | None) -> None:
    with pytest.raises(ImageWorkerError):
        bucket_at(endpoint, "key", "secret", name=name)


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/./b", "a\nb", "a" * 1025])
def test_an_odd_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidParameterError, match="expected a key"):
        bucket_at("https://s.example", "key", "secret", name="pics").sign("PUT", key, seconds=1)


@pytest.mark.parametrize(
    "key", ["a b/ü.png", "%2e%2e/a", "a?b#c&d=e", "a+b@c:d'e", "..a/b..", "~*"]
)
def test_every_other_key_is_written_so_that_nothing_is_misread(key: str) -> None:
    from urllib.parse import unquote, urlsplit

    url = urlsplit(
        bucket_at("https://s.example", "a", "b", name="pics").sign("GET", key, seconds=1)
    )
    assert unquote(url.path) == f"/pics/{key}"
    assert url.fragment == ""


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = bucket_at("https://s.example", "key", "secret", name="pics").sign("GET", "k", seconds=9)
    for name, value in {
        "AWS_SESSION_TOKEN": "token-of-the-host",
        "AWS_ACCESS_KEY_ID": "key-of-the-host",
        "AWS_SECRET_ACCESS_KEY": "secret-of-the-host",
        "AWS_REGION": "mars",
        "AWS_ENDPOINT": "https://elsewhere.example",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_REQUEST_PAYER": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    }.items():
        monkeypatch.setenv(name, value)
    told = bucket_at("https://s.example", "key", "secret", name="pics").sign("GET", "k", seconds=9)
    names = [part.split("=")[0] for part in told.split("?")[1].split("&")]
    assert names == [part.split("=")[0] for part in plain.split("?")[1].split("&")]
    assert told.split("?")[0] == plain.split("?")[0]
    assert "host" not in told.replace("SignedHeaders=host", "")
    assert "mars" not in told


def test_secrets_are_not_shown() -> None:
    assert "secret" not in repr(Bucket("https://a", "pics", "key", "the-secret")).replace("_", "")
    with pytest.raises(InvalidParameterError) as caught:
        bucket_of_job({**CONFIG, "accessSecret": ["the-secret"]})
    assert "the-secret" not in str(caught.value)


def test_a_bucket_comes_with_a_job_or_does_not() -> None:
    assert bucket_of_job(None) is None
    assert bucket_of_job({}) is None
    bucket = bucket_of_job({**CONFIG, "objectPath": "/made/here/", "new": 1})
    assert bucket == Bucket("https://storage.example", "pics", "key", "secret", folder="made/here")


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ("https://a", "s3Config"),
        ({**CONFIG, "endpointUrl": 5}, "s3Config.endpointUrl"),
        ({**CONFIG, "endpointUrl": "storage.example"}, "s3Config.endpointUrl"),
        ({**CONFIG, "bucketName": None}, "s3Config.endpointUrl"),
        ({"endpointUrl": "https://a.example", "bucketName": "b"}, "s3Config.accessId"),
        ({**CONFIG, "accessSecret": None}, "s3Config.accessSecret"),
    ],
)
def test_a_bucket_of_a_job_that_cannot_be_is_refused(config: Any, path: str) -> None:
    with pytest.raises(ImageWorkerError) as caught:
        bucket_of_job(config)
    assert caught.value.path == path
