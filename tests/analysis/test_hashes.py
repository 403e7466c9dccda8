"""Digests and perceptual hashes, against their reference."""

from __future__ import annotations

import hashlib

import imagehash
import pytest
from PIL import Image

from tests.analysis.measuring import cutout, fact
from tests.pictures import PHOTOGRAPHS, encoded, photograph, quarters


def bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_hashes_are_those_of_imagehash(name: str) -> None:
    image = photograph(name)
    assert bits_apart(fact(image, "phash"), str(imagehash.phash(image))) == 0
    assert bits_apart(fact(image, "dhash"), str(imagehash.dhash(image))) <= 3


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_smaller_and_compressed_copy_has_almost_the_same_hash(name: str) -> None:
    image = photograph(name)
    small = image.resize((round(image.width * 0.4), round(image.height * 0.4)))
    copy = encoded(small, "JPEG", quality=40)
    assert bits_apart(fact(image, "phash"), fact(copy, "phash")) <= 4
    assert bits_apart(fact(image, "dhash"), fact(copy, "dhash")) <= 8


def test_different_pictures_have_different_hashes() -> None:
    hashes = [fact(photograph(name), "phash") for name in PHOTOGRAPHS]
    apart = [bits_apart(one, other) for one in hashes for other in hashes if one != other]
    assert len(set(hashes)) == len(PHOTOGRAPHS)
    assert min(apart) > 16


@pytest.mark.parametrize("name", ["phash", "dhash"])
def test_transparent_pixels_hash_as_white(name: str) -> None:
    image = cutout(photograph(size=(80, 60)), (10, 200, 30))
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    assert bits_apart(fact(image, name), fact(white, name)) <= 1


def test_a_flat_picture_has_no_accidental_bits() -> None:
    for level in (1, 77, 255):
        image = Image.new("RGB", (99, 31), (level, level, level))
        assert fact(image, "phash") == "8000000000000000"
        assert fact(image, "dhash") == "0000000000000000"


def test_sha256_is_of_the_bytes_of_the_file() -> None:
    data = encoded(quarters(), "JPEG")
    assert fact(data, "sha256") == hashlib.sha256(data).hexdigest()
