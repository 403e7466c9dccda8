"""What the package offers to programs."""

from __future__ import annotations

import pytest

import image_worker


def test_what_is_public_is_listed() -> None:
    loaded = {name: getattr(image_worker, name) for name in dir(image_worker)}
    ours = {
        name
        for name, value in vars(image_worker).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("image_worker")
    }
    assert loaded.keys() == set(image_worker.__all__) >= ours


def test_what_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(image_worker, "no_such_name")  # noqa: B009 - the name is not there


def test_the_list_is_sorted_and_whole() -> None:
    assert sorted(image_worker.__all__, key=str.lower) == sorted(
        set(image_worker.__all__), key=str.lower
    )
    assert all(hasattr(image_worker, name) for name in image_worker.__all__)


def test_everything_public_is_documented() -> None:
    names = [name for name in image_worker.__all__ if name != "__version__"]
    assert all((getattr(image_worker, name).__doc__ or "").strip() for name in names)
    assert image_worker.__version__.count(".") >= 2
