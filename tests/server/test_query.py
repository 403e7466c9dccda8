"""Jobs as query strings."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from image_worker.errors import InvalidParameterError
from image_worker.server.query import job_of, operation


def test_a_query_becomes_a_job() -> None:
    text = (
        "url=https://example.com/a.jpg&op=resize:width=800,fit=cover&op=flip:direction=both"
        "&preset=card&analyze=size,palette&format=webp&quality=80&cache=off"
    )
    assert job_of(parse_qsl(text)) == {
        "image": "https://example.com/a.jpg",
        "operations": [
            {"type": "resize", "params": {"width": 800, "fit": "cover"}},
            {"type": "flip", "params": {"direction": "both"}},
            {"type": "preset", "params": {"name": "card"}},
        ],
        "analyze": ["size", "palette"],
        "output": {"format": "webp", "quality": 80},
        "cache": "off",
    }


def test_what_belongs_to_a_link_or_the_caller_is_left_out() -> None:
    query = [("signature", "a"), ("expires", "1"), ("key_id", "k"), ("width", "5")]
    assert job_of(query, takes=["width"]) == {"operations": []}


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("filter:name=blur,sigma=4.5", {"name": "blur", "sigma": 4.5}),
        ("pad:all=10,background=rgb(1,2,3)", {"all": 10, "background": "rgb(1,2,3)"}),
        ("resize:width=50%", {"width": "50%"}),
        ('adjust:auto=["levels","contrast"]', {"auto": ["levels", "contrast"]}),
        ("overlay:text.content=a,b,text.size=9", {"text": {"content": "a,b", "size": 9}}),
        ("trim", {}),
    ],
)
def test_steps_are_short_to_write(text: str, params: dict[str, Any]) -> None:
    assert operation(text) == {"type": text.partition(":")[0], "params": params}


def test_a_step_may_be_json() -> None:
    assert operation('{"flip":{},"when":{"pages":{"=":1}}}')["when"] == {"pages": {"=": 1}}


@pytest.mark.parametrize("text", ["resize:800", "resize:=800", "{", "{[}"])
def test_a_step_that_cannot_be_read_says_how_it_is_written(text: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        operation(text)
    assert caught.value.path == "op"


def test_a_name_cannot_be_a_value_and_hold_others() -> None:
    with pytest.raises(InvalidParameterError):
        operation("overlay:text=a,text.size=9")
