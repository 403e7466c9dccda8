"""JSON: pictures in it are written faster, and the same."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from image_worker import strict_json
from image_worker.strict_json import written

PICTURE = base64.b64encode(os.urandom(60_000)).decode()
URI = f"data:image/png;base64,{PICTURE}"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    "value",
    [
        {"processed_image": URI, "metadata": {"bytes": 3}, "warnings": []},
        {"results": [{"processed_image": URI}, {"processed_image": PICTURE}, None]},
        PICTURE,
        f"{PICTURE}\n",
        f'"{PICTURE}',
        f"{PICTURE}\\",
        f"\0,{PICTURE}",
        f'a",{PICTURE}',
        f"ä,{PICTURE}",
        "ä" * 100_000,
        "a b" * 100_000,
        "=" * 100_000,
    ],
)
def test_it_is_written_as_it_would_be_anyhow(value: Any) -> None:
    assert written(value) == to_json(value)
    assert json.loads(written(value)) == value


@given(JSON)
def test_whatever_it_is(value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "_LONG", 1)
        assert written(value) == to_json(value)
