"""The page's files, and the rules under which a browser gets them."""

from __future__ import annotations

import re

import pytest

from image_worker.server.access import Keys
from image_worker.server.options import Options
from tests.server.serving import client

SERVER = client(options=Options(keys=Keys.of(["k"])))


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_runs_only_what_is_ours(path: str) -> None:
    answer = SERVER.get(path)
    policy = answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("text/html")
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "://" not in policy


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_names_only_files_that_are_there(path: str) -> None:
    text = SERVER.get(path).text
    named = re.findall(r'"(?:\./)?(static/[^"]+)"', text)
    assert len(named) > 2
    for name in named:
        answer = SERVER.get(f"/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.findall(r'(?:src|href)="(?:/|https?:)', text), "a sub-path would break it"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing"])
def test_nothing_else_can_be_had(path: str) -> None:
    assert SERVER.get(path).status_code in {401, 404}
