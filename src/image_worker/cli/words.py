"""How commands say sizes, times and shares to people."""

from __future__ import annotations

_STEP = 1000
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_ROUND = 100
_SECOND_MILLISECONDS = 1000
_LONGEST = 80


def amount(count: float) -> str:
    """Return `812 bytes`, `51.8 kB`, `623 kB` or `1.2 MB`."""
    power = 0
    while round(count) >= _STEP and power < len(_UNITS) - 1:
        count, power = count / _STEP, power + 1
    exact = power and count < _ROUND
    return f"{count:.1f} {_UNITS[power]}" if exact else f"{count:.0f} {_UNITS[power]}"


def duration(milliseconds: float) -> str:
    """Return `0.4 ms`, `38 ms` or `2.1 s`."""
    if milliseconds >= _SECOND_MILLISECONDS:
        return f"{milliseconds / _SECOND_MILLISECONDS:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"  # noqa: PLR2004


def change(before: int, after: int) -> str:
    """Return `92 % smaller`, `8 % larger` or `same size`."""
    percent = round(abs(before - after) * _ROUND / before) if before else 0
    if not percent:
        return "same size"
    return f"{percent} % {'smaller' if after < before else 'larger'}"


def shorten(text: str) -> str:
    """Return the text, cut where it is too long for a line."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
