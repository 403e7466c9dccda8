"""The pictures of an answer."""

from __future__ import annotations

import pybase64
import pytest

from image_worker.endpoint import EndpointFaultError, JobState
from image_worker.endpoint.pictures import pictures
from tests.job.making import PNG

TEXT = pybase64.b64encode_as_string(PNG)
URI = f"data:image/png;base64,{TEXT}"
FACTS = {"width": 40, "height": 30, "mime": "image/png"}


def test_every_form_is_read() -> None:
    answer = {
        "processed_image": URI,
        "metadata": FACTS,
        "outputs": {
            "thumb": {"processed_image": TEXT, "metadata": FACTS},
            "web": {"variants": [{"width": 400, "processed_image": "https://a.b/c?sig=secret"}]},
            "sent": {"processed_image": None},
        },
    }
    main, thumb, web = pictures(answer)
    assert (main.name, thumb.name, web.name) == ("image", "thumb", "web-400")
    assert main.data == thumb.data == PNG
    assert (web.data, web.url) == (b"", "https://a.b/c?sig=secret")
    assert "secret" not in repr(web)
    with pytest.raises(ValueError, match="elsewhere"):
        web.save("a.png")


def test_what_is_no_picture() -> None:
    assert list(pictures(None)) == list(pictures([])) == list(pictures({"a": 1})) == []
    with pytest.raises(EndpointFaultError, match="not base64"):
        list(pictures({"processed_image": "data:image/png;base64,%%%"}))
    with pytest.raises(ValueError, match="no picture"):
        JobState("a", "COMPLETED").save("a.png")


def test_notebooks_show_a_job_by_its_first_picture() -> None:
    done = JobState("a", "COMPLETED", {"processed_image": URI, "metadata": FACTS})
    shown = done._repr_mimebundle_()
    assert shown["image/png"] == done.pictures[0]._repr_mimebundle_()["image/png"] == TEXT
    assert "COMPLETED" in shown["text/plain"]
    assert list(JobState("a", "IN_QUEUE")._repr_mimebundle_()) == ["text/plain"]
