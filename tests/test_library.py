"""The library: one call from a picture to a picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from image_worker import ImageWorkerError, process
from image_worker.library import _worker
from image_worker.operations.resize import Resize
from tests.job.making import IMAGE, PNG, encoded, job, smooth, step
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Iterator


PAGE = Path(__file__).parents[1] / "docs" / "python.md"


@pytest.fixture
def fresh_worker() -> Iterator[None]:
    """Let the library read the settings of this test."""
    _worker.cache_clear()
    yield
    _worker.cache_clear()


def test_bytes_paths_and_data_uris_are_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    uri = f"data:image/png;base64,{IMAGE['base64']}"
    results = [process(image, [{"resize": {"width": 20}}]) for image in (PNG, path, str(path), uri)]
    assert {result.data for result in results} == {results[0].data}
    assert results[0].size == (20, 15)
    assert Image.open(io.BytesIO(results[0].data)).size == (20, 15)


@pytest.mark.usefixtures("fresh_worker")
def test_a_url_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    with Origin(ok(PNG)) as origin:
        monkeypatch.setenv("IMAGE_WORKER_ALLOW_HOSTS", f"127.0.0.1:{origin.port}")
        monkeypatch.setenv("IMAGE_WORKER_ALLOW_NETWORKS", "127.0.0.0/8")
        assert process(origin.url("/a.png")).size == (40, 30)


def test_operations_may_be_objects() -> None:
    assert process(PNG, [Resize(width=10), {"type": "crop", "params": {"right": 5}}]).size == (5, 8)


def test_other_keys_of_a_job_are_named() -> None:
    result = process(PNG, output={"format": "json"}, analyze=["size", "mode"])
    assert result.analysis == {"size": [40, 30], "mode": "RGB"}
    assert result.data == b""


def test_the_result_is_saved_under_any_name(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    result = process(PNG, output={"format": "WEBP", "quality": 50})
    assert result.save(target) == target
    assert target.read_bytes() == result.data
    with Image.open(target) as written:
        assert written.format == "WEBP"
    assert result.save(str(target)) == target


def test_notebooks_show_facts_where_there_is_no_picture() -> None:
    facts = process(PNG, output={"format": "json"}, analyze=["size"])._repr_mimebundle_()
    assert facts == {"application/json": {"size": [40, 30]}, "text/plain": "<Result size>"}
    plan = process(PNG, [step("resize", width=9)], dry_run=True)._repr_mimebundle_()
    assert "steps" in plan["application/json"]
    assert plan["text/plain"] == "<Result plan>"


def test_a_whole_job_is_done_as_it_stands_in_json() -> None:
    whole = job(step("resize", width=20), output={"format": "PNG"})
    result = process(**whole)
    assert (result.size, result.format, result.mime) == ((20, 15), "PNG", "image/png")
    assert repr(result) == f"<Result 20x15 PNG, {len(result.data)} bytes>"


def test_renditions_are_results_too(tmp_path: Path) -> None:
    outputs = {"small": {"widths": [10, 20], "format": "WEBP"}, "grey": {"format": "PNG"}}
    result = process(PNG, outputs=outputs)
    assert [one.size for one in result.outputs["small"]] == [(10, 8), (20, 15)]
    assert [one.format for one in result.outputs["grey"]] == ["PNG"]
    assert result.outputs["small"][0].save(tmp_path / "a.webp").stat().st_size
    with pytest.raises(ValueError, match="see `analysis` and `outputs`"):
        result.save(tmp_path / "b.jpg")
    assert process(PNG, output={"format": "GIF"}, outputs=outputs).format == "GIF"


def test_what_may_surprise_is_told() -> None:
    see_through = encoded(smooth(8, 8).convert("RGBA"), "PNG")
    assert process(PNG).warnings == ()
    (told,) = process(see_through, [{"mask": {"shape": "circle"}}]).warnings
    assert "white" in told


def test_the_first_example_of_the_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.jpg").write_bytes(encoded(smooth(1000, 500), "JPEG"))
    _, _, rest = PAGE.read_text().partition("```python\n")
    exec(rest.partition("```")[0], {})  # noqa: S102 - our own page
    with Image.open(tmp_path / "small.webp") as written:
        assert written.size == (800, 400)


def test_a_wrong_job_is_raised_with_its_place() -> None:
    with pytest.raises(ImageWorkerError, match="got 0") as raised:
        process(PNG, [{"resize": {"width": 0}}])
    assert raised.value.code == "invalid_parameter"
    assert raised.value.path == "operations[0].params.width"


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        process(tmp_path / "none.png")
