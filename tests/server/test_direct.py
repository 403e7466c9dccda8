"""Pictures in, pictures out."""

from __future__ import annotations

import io
import json
import zipfile
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest

from image_worker import catalog
from image_worker.server.options import Options
from tests.job.making import IMAGE, PNG, job, step
from tests.pictures import opened
from tests.server.serving import client

if TYPE_CHECKING:
    from pathlib import Path

SERVER = client()
FLIP = [{"flip": {"direction": "both"}}]
RENDITIONS = {"small": {"widths": [8, 16], "format": "webp"}, "one": {"format": "png"}}


def test_a_raw_body_is_worked_as_the_query_says() -> None:
    answer = SERVER.post("/process?op=resize:width=20&format=webp", content=PNG)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert opened(answer.content).size == (20, 15)
    assert answer.headers["x-image-width"] == "20"
    assert "render;dur=" in answer.headers["server-timing"]


def test_the_query_may_hold_the_job_as_json() -> None:
    asked = json.dumps({"operations": FLIP, "output": {"format": "gif"}})
    answer = SERVER.post("/process", params={"job": asked}, content=PNG)
    assert answer.headers["content-type"] == "image/gif"


@pytest.mark.parametrize("wrap", [False, True])
def test_the_body_may_be_the_job_alone(*, wrap: bool) -> None:
    asked = job(step("resize", width=12), output={"format": "PNG"})
    answer = SERVER.post("/process", json={"input": asked} if wrap else asked)
    assert opened(answer.content).size == (12, 9)


def test_a_form_carries_the_job_and_its_files() -> None:
    steps = [step("overlay", image={"upload": "mark"}, width=10, opacity=1)]
    answer = SERVER.post(
        "/process",
        data={"job": json.dumps({"operations": steps, "output": {"format": "png"}})},
        files={"image": PNG, "mark": PNG},
    )
    assert opened(answer.content).size == (40, 30)


def test_a_form_that_lacks_a_file_names_it() -> None:
    asked = {"job": json.dumps({"image": {"upload": "photo"}})}
    answer = SERVER.post("/process", data=asked, files={"picture": PNG})
    assert (answer.status_code, answer.json()["path"]) == (400, "image.upload")


def test_several_results_come_as_an_archive() -> None:
    answer = SERVER.post("/process", json={"image": IMAGE, "outputs": RENDITIONS})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {
            "answer.json", "small-8.webp", "small-16.webp", "one.png",
        }  # fmt: skip
        assert opened(archive.read("small-8.webp")).width == 8
        assert "processed_image" not in archive.read("answer.json").decode()


def test_or_in_parts_for_those_who_accept_them() -> None:
    answer = SERVER.post(
        "/process",
        json={"image": IMAGE, "outputs": RENDITIONS},
        headers={"accept": "multipart/mixed"},
    )
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + answer.content).get_payload()
    assert [part.get_filename() for part in parts] == [
        "answer.json", "small-8.webp", "small-16.webp", "one.png",
    ]  # fmt: skip
    assert opened(parts[3].get_payload(decode=True)).size == (40, 30)


def test_those_who_accept_json_alone_get_the_answer_of_a_job() -> None:
    answer = SERVER.post("/process", json=job(), headers={"accept": "application/json"})
    assert answer.json()["processed_image"].startswith("data:image/jpeg;base64,")


def test_a_dry_run_is_json() -> None:
    answer = SERVER.post("/process", json=job(step("resize", width=9), dry_run=True))
    assert answer.json()["plan"]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "invalid_json"),
        ({"json": []}, 400, "invalid_json"),
        ({"json": {}}, 400, "invalid_parameter"),
        ({"content": b"no picture"}, 415, "unsupported_format"),
        ({"content": b""}, 400, "invalid_parameter"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}},
         400, "invalid_json"),
        ({"content": PNG, "params": {"op": "resize:800"}}, 400, "invalid_parameter"),
        ({"content": PNG, "params": {"widht": "8"}}, 400, "invalid_parameter"),
        ({"content": b'{"image": NaN}', "headers": {"content-type": "application/json"}},
         400, "invalid_json"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_code(asked: dict[str, Any], status: int, code: str) -> None:
    answer = SERVER.post("/process", **asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize("announced", [False, True])
def test_a_body_is_read_no_further_than_allowed(*, form: bool, announced: bool) -> None:
    server = client(options=Options(max_body_bytes=1000))
    kind = "multipart/form-data; boundary=b" if form else "image/png"

    def chunks() -> Any:
        if form:
            yield b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(20):
            yield bytes(100)

    body = b"".join(chunks()) if announced else chunks()
    answer = server.post("/process", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_measurement_is_json() -> None:
    answer = SERVER.post("/analyze?want=size,brightness", content=PNG).json()
    assert answer["analysis"]["size"] == [40, 30]
    assert set(SERVER.post("/analyze", content=PNG).json()["analysis"]) >= {"size", "mode"}


@pytest.mark.parametrize("name", catalog.OPERATIONS.names)
def test_every_operation_has_a_route(name: str) -> None:
    routes = SERVER.get("/openapi.json").json()["paths"]
    route = routes[f"/operations/{name}"]["post"]
    assert route["description"]
    assert all(one["in"] == "query" for one in route["parameters"])


def test_an_operation_takes_its_parameters_from_the_query() -> None:
    answer = SERVER.post("/operations/resize?width=10&format=png", content=PNG)
    assert opened(answer.content).size == (10, 8)
    blurred = SERVER.post("/operations/filter?name=blur&sigma=3&output.format=gif", content=PNG)
    assert blurred.headers["content-type"] == "image/gif"


def test_a_server_of_presets_does_nothing_else(tmp_path: Path) -> None:
    kept = tmp_path / "presets.json"
    kept.write_text('{"tiny": {"operations": [{"resize": {"width": 5}}]}}')
    server = client(presets=kept, presets_only=True)
    assert opened(server.post("/process?preset=tiny", content=PNG).content).width == 5
    for refused in (
        server.post("/process?op=flip", content=PNG),
        server.post("/operations/flip", content=PNG),
        server.post("/process", json=job({"flip": {}})),
        server.post("/process", json={"image": IMAGE, "outputs": {"a": {"operations": FLIP}}}),
        server.post("/process", json={"image": {**IMAGE, "operations": FLIP}}),
    ):  # fmt: skip
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")
