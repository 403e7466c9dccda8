"""Text: which scripts are drawn, and that it needs nothing of the machine.

The font that comes along covers Latin, Cyrillic, Greek, Armenian, Georgian, Hebrew, Arabic and a
few emoji. Chinese, Japanese, Korean, Thai and the scripts of India need a font of the system.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from image_worker.errors import InvalidParameterError, OutputTooLargeError
from image_worker.pixels.typesetting import Typeface, typeset

BUNDLED = {
    "Latin": "Aßłőṣ",
    "Cyrillic": "ДжЩїѓ",
    "Greek": "Ωλψάἕ",
    "Armenian": "ԱաԲբ",
    "Georgian": "აბგდ",
    "Hebrew": "אבגד",
    "Arabic": "عربكه",
    "emoji": "😀😎",
    "symbols": "€✓→★©",
}
OF_THE_SYSTEM = {"Chinese": "漢字", "Japanese": "かな", "Korean": "한글", "Thai": "กขค"}
MISSING = "\U000e1234"
"""A code point that no font has."""

FACE = Typeface(pixels=60)
SOURCE = Path(__file__).parents[1] / "src"
DRAW = """
import sys
from image_worker.settings import Settings
from image_worker.pixels.typesetting import Typeface, typeset
Settings().worker()
for text in sys.argv[1:]:
    drawn = typeset(text, Typeface(pixels=60, font="No Such Font"))
    print(drawn.width, drawn.height, round(drawn[3].avg(), 1))
"""


def alpha(text: str, face: Typeface = FACE, *, markup: bool = False) -> np.ndarray:
    image = typeset(text, face, markup=markup)
    assert image is not None
    return np.asarray(image[3].numpy())


def is_box(ink: np.ndarray) -> bool:
    """Tell whether the ink is framed on all four sides: how what no font has is drawn."""
    dark = ink > 40
    dark = dark[dark.any(1)][:, dark.any(0)]
    sides = (dark[:2].any(0), dark[-2:].any(0), dark[:, :2].any(1), dark[:, -2:].any(1))
    return all(side.mean() > 0.95 for side in sides)


def test_a_missing_character_is_a_box_and_a_letter_is_not() -> None:
    assert is_box(alpha(MISSING))
    assert not is_box(alpha("H"))
    assert not is_box(alpha("O"))


@pytest.mark.parametrize("script", BUNDLED)
def test_the_bundled_font_has_the_script(script: str) -> None:
    assert [sign for sign in BUNDLED[script] if is_box(alpha(sign))] == []


def has_system_font(language: str) -> bool:
    found = subprocess.run(
        ["fc-list", f":lang={language}", "family"], capture_output=True, check=False
    )
    return bool(found.stdout.strip())


@pytest.mark.parametrize(
    ("script", "language"),
    [("Chinese", "zh-cn"), ("Japanese", "ja"), ("Korean", "ko"), ("Thai", "th")],
)
def test_other_scripts_are_drawn_where_the_system_has_a_font(script: str, language: str) -> None:
    boxes = [sign for sign in OF_THE_SYSTEM[script] if is_box(alpha(sign))]
    expected = [] if has_system_font(language) else list(OF_THE_SYSTEM[script])
    assert boxes == expected


def test_arabic_letters_are_joined_from_the_right() -> None:
    apart = alpha("\u200c".join("عرب"))  # with a zero width non-joiner
    assert alpha("عرب").shape[1] != apart.shape[1]
    assert alpha("عرب").tolist() == alpha("\u202bعرب\u202c").tolist()


def test_plain_text_has_no_markup() -> None:
    assert alpha("a < b && <b>c</b>").shape[1] > alpha("a b c").shape[1]


@pytest.mark.parametrize("text", ["", " ", "\n", "\t \n"])
@pytest.mark.parametrize("markup", [False, True])
def test_nothing_is_drawn_of_nothing(text: str, *, markup: bool) -> None:
    assert typeset(text, FACE, markup=markup) is None


def test_markup_makes_letters_bold() -> None:
    assert alpha("<b>Hill</b>", markup=True).sum() > 1.2 * alpha("Hill", markup=True).sum()


def test_the_style_of_the_font_makes_letters_bold() -> None:
    bold = Typeface(font="sans bold", pixels=60)
    assert alpha("Hill", bold).sum() > 1.2 * alpha("Hill").sum()


@pytest.mark.parametrize(
    "text",
    [
        "<b>open",
        "a & b",
        "a < b",
        "<span size='100000000'>x</span>",
        "<big>x</big>",
        "<span font='sans 9999'>x</span>",
        "<span lang='>' size='9999999'>x</span>",
        "<span foreground='nothing'>x</span>",
        "<tt",
    ],
)
def test_markup_that_is_wrong_or_could_make_text_of_any_size_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="markup"):
        typeset(text, FACE, markup=True)


def test_text_that_would_take_too_many_pixels_is_refused() -> None:
    with pytest.raises(OutputTooLargeError):
        typeset("x" * 1000, Typeface(pixels=1000))


@pytest.mark.parametrize("pixels", [20, 60, 200])
def test_the_size_of_the_font_is_in_pixels(pixels: int) -> None:
    # DejaVu Sans has capitals of 0.729 em.
    assert alpha("H", Typeface(pixels=pixels)).shape[0] == pytest.approx(0.729 * pixels, abs=2)


def test_colour_and_its_transparency() -> None:
    image = typeset("H", Typeface(pixels=60, color="rgb(10 200 30 / 50%)"))
    assert image is not None
    assert image[3].max() == 128
    middle = next(row for row in image.numpy().reshape(-1, 4) if row[3] == 128)
    assert middle.tolist() == [10, 200, 30, 128]


def test_lines_are_broken_at_the_width_even_within_a_word() -> None:
    wrapped = alpha("several words and aveeeeeeeeeeeeeeeeerylongone", Typeface(pixels=30, wrap=150))
    assert wrapped.shape[1] <= 152
    assert wrapped.shape[0] > 100


def test_line_spacing_moves_lines_apart() -> None:
    one, two = (
        alpha("H\nH", Typeface(pixels=50, line_spacing=spacing)).shape[0] for spacing in (1, 2)
    )
    assert two - one == pytest.approx(50, abs=1)


def test_it_draws_without_fonts_or_configuration_and_stays_silent(tmp_path: Path) -> None:
    """Hide what the machine has, where that is allowed; else only point away from it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", DRAW, "Hëllo", "Привет"]
    hide = "mount -t tmpfs none /etc/fonts && mount -t tmpfs none /usr/share/fonts"
    bare = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{hide} && exec "$@"', "sh"]
    allowed = subprocess.run([*bare, "true"], capture_output=True, check=False).returncode == 0
    if not allowed:
        (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
        environment["FONTCONFIG_FILE"] = str(tmp_path / "fonts.conf")
    done = subprocess.run(
        [*(bare if allowed else []), *command],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(set(done.stdout.splitlines())) == 2
