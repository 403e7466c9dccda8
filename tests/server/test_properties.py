"""Whatever is sent to whatever route: an answer in the form that is promised, and no failure."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.job.making import PNG, job, step

if TYPE_CHECKING:
    from tests.server.live import LiveServer

ENDLESS = {"/events", "/operations/misbehave"}
FAILURE = {"success", "error", "message", "code", "path", "retryable", "request_id"}
GOOD = job(step("resize", width=20))
KINDS = ["application/json", "image/png", "multipart/form-data; boundary=b", "text/plain", ""]

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["resize", "PNG", "auto", "1e999", "data:,", "http://[", "../..", "\0"]),
)  # fmt: skip
keys = st.one_of(
    st.text(max_size=5),
    st.sampled_from([*GOOD, "input", "images", "output", "outputs", "policy", "limits", "webhook"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
bodies = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"", PNG, PNG[:-40], json.dumps(GOOD).encode(), b"--b\r\n\r\n--b--"]),
    values.map(lambda value: json.dumps(value).encode()),
    values.map(lambda value: json.dumps({"input": value}).encode()),
    values.map(lambda value: json.dumps({"input": {**GOOD, "operations": value}}).encode()),
)


@cache
def routes(live: LiveServer) -> list[tuple[str, list[str]]]:
    """Return the paths of the API, with the names of their parameters in the query."""
    paths = live.client.get("/openapi.json").json()["paths"]
    return [
        (path, [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"])
        for path, methods in paths.items()
        if path not in ENDLESS
        for operation in methods.values()
    ]


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_answer_has_the_form_that_is_promised(live: LiveServer, data: st.DataObject) -> None:
    path, names = data.draw(st.sampled_from(routes(live)))
    names = [*names, "op", "image", "output.format"]
    query = data.draw(
        st.lists(st.tuples(st.sampled_from(names), scalars.map(str) | st.text()), max_size=3)
    )
    path = path.replace("{job_id}", data.draw(st.sampled_from(["a", "a.b", "*", ">", "%00"])))
    prefix = data.draw(st.sampled_from(["", "/v2/x", "/v2//", "/"]))
    method = data.draw(st.sampled_from(["GET", "POST", "POST", "POST", "PUT", "DELETE"]))
    kind = data.draw(st.sampled_from(KINDS))
    answer = live.client.request(
        method,
        prefix + path,
        params=[(name, value.encode("utf-8", "replace").decode()) for name, value in query],
        content=data.draw(bodies),
        headers={"content-type": kind} if kind else {},
    )
    assert answer.status_code != 500, answer.text
    if answer.status_code >= 400:
        told: dict[str, Any] = answer.json()
        if answer.status_code != 503 or "code" in told:
            assert told.keys() == FAILURE
            assert told["request_id"] == answer.headers["x-request-id"]
