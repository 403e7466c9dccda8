"""The table of models, where their files are looked for, and how they get there."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from image_worker import cli
from image_worker.errors import InvalidParameterError, ModelError, SourceError
from image_worker.outgoing import Outgoing, Policy
from image_worker.settings import SettingsError, load
from image_worker.vision.coco import COCO80, COCO91
from image_worker.vision.models import Models
from image_worker.vision.places import Places
from image_worker.vision.pulling import address, pull
from image_worker.vision.table import FREE, VENDOR, built_in, read_table, usual
from tests.vision import graphs
from tests.vision.oracles import spec

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = graphs.detector("yolo-end")
DIGEST = hashlib.sha256(DATA).hexdigest()
BUILT_IN = ("ssd-mobilenet", "blazeface", "selfie", "selfie-wide")


def table_of(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text)
    return path


# --- the table


def test_what_is_built_in_is_free_and_is_the_file_that_it_should_be() -> None:
    listed = json.loads((VENDOR / "vendored.json").read_text())
    for name in BUILT_IN:
        known = built_in()[name]
        assert known.licence in FREE
        assert known.sha256 == listed["files"][known.file]
        assert known.bytes == (VENDOR / known.file).stat().st_size


def test_everything_to_be_pulled_has_an_address_and_a_digest() -> None:
    for name, known in built_in().items():
        if name not in BUILT_IN:
            assert known.sha256
            assert address(known)


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_is_built_in_runs(name: str) -> None:
    Models().tried(name)


def test_a_file_of_ones_own_is_laid_over_the_table(tmp_path: Path) -> None:
    mine = '[mine]\ntask="objects"\nfile="/a/b.onnx"\nlicence="MIT"\nusual=true\n'
    text = f"{mine}[blazeface]\noverlap=0.4"
    table = read_table(table_of(tmp_path, text))
    assert table["mine"].file == "/a/b.onnx"
    assert table["blazeface"].overlap == 0.4
    assert table["blazeface"].sha256 == built_in()["blazeface"].sha256
    assert usual(table, ("objects",)) == "mine"
    assert usual(built_in(), ("objects",)) == "ssd-mobilenet"


def test_the_usual_model_is_the_one_that_fits_the_picture_best() -> None:
    assert usual(built_in(), ("people",), 1.0) == "selfie"
    assert usual(built_in(), ("people",), 0.5) == "selfie"
    assert usual(built_in(), ("people",), 1.9) == "selfie-wide"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a", "no TOML"),
        ('a = "b"', "expected only tables"),
        ('[a]\ntask="objects"\nfile="a"\nlicence="MIT"\nlayuot="yolo"', 'did you mean "layout"'),
        ('[a]\ntask="things"\nfile="a"\nlicence="MIT"', "objects"),
        ('[a]\ntask="objects"\nfile="a"', "expected a value"),
        ('[a]\ntask="objects"\nfile="a"\nlicence="MIT"\nsha256="abc"', "sha256|pattern"),
    ],
)
def test_a_wrong_table_is_told_of(tmp_path: Path, text: str, told: str) -> None:
    path = table_of(tmp_path, text)
    with pytest.raises(InvalidParameterError, match=told):
        read_table(path)
    with pytest.raises(SettingsError, match="IMAGE_WORKER_MODELS"):
        load(models=path)


def test_models_to_preload_must_be_in_the_table() -> None:
    assert load(models_preload="blazeface,selfie").models_preload == ("blazeface", "selfie")
    with pytest.raises(SettingsError, match='did you mean "blazeface"'):
        load(models_preload="blaceface")


def test_coco_has_eighty_classes_at_their_numbers() -> None:
    assert len(COCO80) == len(set(COCO80)) == 80
    assert sum(map(bool, COCO91)) == 80
    assert (COCO91[1], COCO91[13], COCO91[90]) == ("person", "stop sign", "toothbrush")


# --- where files are looked for


def test_folders_are_looked_in_one_after_the_other(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()
    places = Places((str(first), str(second)))
    assert places.file(spec()) is None
    (second / "x.onnx").write_bytes(DATA)
    assert places.file(spec()) == second / "x.onnx"
    first.mkdir()
    (first / "x.onnx").write_bytes(DATA)
    assert places.file(spec()) == first / "x.onnx"


def test_caches_of_hugging_face_are_looked_in(tmp_path: Path) -> None:
    """As RunPod mounts them, and as its library lays them out: links to blobs."""
    hub = tmp_path / "hub"
    blob = hub / "models--owner--name/blobs" / DIGEST
    kept = hub / "models--owner--name/snapshots/abc123/onnx/model.onnx"
    for path in (blob, kept):
        path.parent.mkdir(parents=True)
    blob.write_bytes(DATA)
    kept.symlink_to(blob)
    places = Places(hubs=(str(hub),))
    said = {"hugging_face": "owner/name", "path": "onnx/model.onnx"}
    assert places.file(spec(**said)) == kept
    assert places.file(spec(**said | {"hugging_face": "owner/name@abc123"})) == kept
    assert places.file(spec(**said | {"hugging_face": "owner/name@def456"})) is None
    assert places.file(spec(**said | {"path": "other.onnx"})) is None


def test_a_setting_names_where_to_look_first(tmp_path: Path) -> None:
    setup = load(models_folder=tmp_path).setup
    assert setup.folders[0] == str(tmp_path)
    assert "/runpod-volume/models" in setup.folders
    assert "/runpod-volume/huggingface-cache/hub" in setup.hubs


# --- pulling


class _Origin(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        data = DATA if self.path == "/x.onnx" else b"another file"
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def near(origin: str) -> Outgoing:
    port = int(origin.rpartition(":")[2])
    return Outgoing(Policy(allow_networks=("127.0.0.0/8",), ports=(port,)))


def test_a_file_gets_its_name_when_it_is_the_right_one(tmp_path: Path, origin: str) -> None:
    folder = tmp_path / "new"
    good = spec(url=f"{origin}/x.onnx", sha256=DIGEST)
    path = pull("x", good, folder, near(origin), accepted=False)
    assert path == folder / "x.onnx"
    assert path.read_bytes() == DATA
    path.unlink()
    with pytest.raises(ModelError, match="has the digest"):
        pull("x", spec(url=f"{origin}/y", sha256=DIGEST), folder, near(origin), accepted=False)
    assert not [*folder.iterdir()]


def test_what_is_not_free_has_to_be_accepted(tmp_path: Path, origin: str) -> None:
    bound = spec(url=f"{origin}/x.onnx", sha256=DIGEST, licence="AGPL-3.0")
    with pytest.raises(InvalidParameterError, match=r"AGPL-3.0, which is to be accepted"):
        pull("x", bound, tmp_path, near(origin), accepted=False)
    assert pull("x", bound, tmp_path, near(origin), accepted=True).is_file()


def test_the_guard_of_everything_outgoing_holds(tmp_path: Path, origin: str) -> None:
    with pytest.raises(SourceError):
        pull("x", spec(url=f"{origin}/x.onnx", sha256=DIGEST), tmp_path, Outgoing(), accepted=True)


def test_no_address_or_no_digest_is_no_download(tmp_path: Path) -> None:
    for lacking, more in (("address", {"sha256": DIGEST}), ("digest", {"url": "http://a/b"})):
        with pytest.raises(InvalidParameterError, match=lacking):
            pull("x", spec(**more), tmp_path, Outgoing(), accepted=True)


# --- the command


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str) -> Path:
    port = origin.rpartition(":")[2]
    text = (
        '[mine]\ntask="objects"\nfile="x.onnx"\nlicence="AGPL-3.0"\n'
        f'sha256="{DIGEST}"\nurl="{origin}/x.onnx"\n'
    )
    monkeypatch.setenv("IMAGE_WORKER_MODELS", str(table_of(tmp_path, text)))
    monkeypatch.setenv("IMAGE_WORKER_MODELS_FOLDER", str(tmp_path / "kept"))
    monkeypatch.setenv("IMAGE_WORKER_ALLOW_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("IMAGE_WORKER_PORTS", port)
    return tmp_path / "kept/x.onnx"


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.main(["models", "list", "--json"]) == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)}


def test_the_command_lists_pulls_and_verifies(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listed(capsys)
    assert before["selfie"]["state"] == "built in"
    assert before["mine"]["state"] == before["yolox-s"]["state"] == "missing"
    assert cli.main(["models", "pull", "mine"]) == 1
    assert "--accept-licence" in capsys.readouterr().err
    assert cli.main(["models", "pull", "--accept-licence", "mine"]) == 0
    said = capsys.readouterr()
    assert "AGPL-3.0" in said.err
    assert said.out.strip() == str(own)
    assert listed(capsys)["mine"]["state"] == "here"
    assert cli.main(["models", "verify", "mine", "blazeface"]) == 0
    assert "mine: ok" in capsys.readouterr().out
    own.write_bytes(DATA[:-1])
    assert cli.main(["models", "verify", "mine"]) == 1
    assert "has the digest" in capsys.readouterr().out
    assert cli.main(["models", "verify", "yolox-s"]) == 1
    assert "is not here" in capsys.readouterr().out
    assert cli.main(["models", "pull", "min"]) == 2
    assert cli.main(["models", "list"]) == 0


def test_the_table_in_the_package_says_only_what_it_may() -> None:
    text = (Path(VENDOR).parent / "models.toml").read_text()
    assert all(
        set(entry) <= set(type(spec()).model_fields) for entry in tomllib.loads(text).values()
    )
