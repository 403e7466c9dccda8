"""Jobs whose picture cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.job.making import IMAGE, PNG, claiming, encoded, noise, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[object], dict[str, Any]]

JPEG = encoded(noise(400, 300), "JPEG")
URL = "https://example.com/picture.jpg"


@pytest.mark.parametrize(
    ("image", "code", "path", "words"),
    [
        (
            {},
            "invalid_parameter",
            "image",
            "exactly one of base64, path, s3, upload, url, got none",
        ),
        ({"url": URL, **IMAGE}, "invalid_parameter", "image", "got base64 and url"),
        ({"uri": URL}, "invalid_parameter", "image", "got uri"),
        (None, "invalid_parameter", "image", "got null"),
        (5, "invalid_parameter", "image", "expected an object, got 5"),
        ([IMAGE], "invalid_parameter", "image", "a list of 1"),
        ("hello", "invalid_parameter", "image", "expected a URL, a data URI"),
        ("", "invalid_parameter", "image", "expected a URL, a data URI"),
        ({"base64": 5}, "invalid_parameter", "image.base64", "expected text, got 5"),
        ({**IMAGE, "headers": {}}, "invalid_parameter", "image.headers", "not a known key"),
        ({"url": URL, "header": {}}, "invalid_parameter", "image.header", '"headers"'),
        ({"url": 5}, "invalid_parameter", "image.url", "expected text, got 5"),
        ({"url": "ftp://example.com/"}, "invalid_url", "image.url", "http://"),
        ({"url": "http://127.0.0.1/"}, "source_blocked", "image.url", "127.0.0.1"),
        ({"base64": "!!!!"}, "invalid_base64", "image.base64", '"!!!!"'),
        ({"base64": "abc"}, "invalid_base64", "image.base64", '"abc"'),
        ({"base64": "ab=c"}, "invalid_base64", "image.base64", "with = at the end"),
        ({"base64": "äöüß"}, "invalid_base64", "image.base64", "expected base64"),
        ({"base64": "\ud800"}, "invalid_base64", "image.base64", "expected base64"),
        ("data:image/png,abcd", "invalid_base64", "image.base64", 'expected "base64,"'),
        ({"base64": ""}, "empty_image", "image", "no bytes"),
        ("data:image/png;base64,", "empty_image", "image", "no bytes"),
        ({"base64": text_of(b"hello world")}, "unsupported_format", "image", "got text"),
        ({"base64": text_of(b"<!DOCTYPE html>")}, "unsupported_format", "image", "HTML"),
        ({"base64": text_of(b"\x80\x81\x82")}, "unsupported_format", "image", "another kind"),
        ({"base64": text_of(JPEG[: len(JPEG) // 2])}, "image_corrupt", "image", "truncated"),
        ({"base64": text_of(JPEG[:20])}, "image_corrupt", "image", "truncated"),
        ({"base64": text_of(PNG[:-20])}, "image_corrupt", "image", "truncated"),
        ({"base64": text_of(claiming(20_000, 15_000))}, "image_too_large", "image", "300.0"),
        ({"base64": text_of(claiming(70_000, 10))}, "image_too_large", "image", "70000x10"),
    ],
)
def test_a_bad_source_is_refused(
    refused: Refused, image: Any, code: str, path: str, words: str
) -> None:
    said = refused({"image": image})
    assert (said["code"], said["path"]) == (code, path)
    assert words in said["error"]


def test_a_job_without_a_picture_is_refused(refused: Refused) -> None:
    said = refused({"operations": []})
    assert (said["code"], said["path"]) == ("invalid_parameter", "image")
    assert "expected" in said["error"]


def test_a_picture_with_more_bytes_than_allowed_is_refused(refused: Refused) -> None:
    said = refused({"image": IMAGE, "limits": {"max_source_bytes": 100}})
    assert (said["code"], said["path"]) == ("source_too_large", "image.base64")
    assert "at most 100 bytes" in said["error"]


def test_only_a_timeout_or_a_lost_connection_is_worth_another_try(refused: Refused) -> None:
    assert refused({"image": {}})["retryable"] is False
