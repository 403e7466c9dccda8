"""Gamma, exposure and white balance: curves of each channel, put into one table."""

from __future__ import annotations

from image_worker.pixels.tones import UNCHANGED, from_light, table, to_light

LIGHT = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue in the luminance of sRGB (IEC 61966-2-1)."""


def levels(gamma: float, exposure: float, temperature: float, tint: float) -> tuple[bytes, ...]:
    """Return the table of all channels, or one for each where the white changes."""
    gains = _gains(temperature, tint) if temperature or tint else (1.0,)
    return tuple(_table(gamma, 2.0**exposure * gain) for gain in gains)


def balanced(gains: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the gains of the channels, scaled so that a grey keeps its luminance."""
    red, green, blue = gains
    whole = sum(share * gain for share, gain in zip(LIGHT, gains, strict=True))
    return red / whole, green / whole, blue / whole


def gained(gain: float) -> bytes:
    """Return the table that multiplies linear light."""
    return table(lambda share: from_light(to_light(share) * gain))


def _gains(temperature: float, tint: float) -> tuple[float, float, float]:
    """Return the gains in linear light.

    At 100, red and blue part by one stop, about what a change from 6500 to 4300 kelvin does, or
    green falls by half a stop and the others rise by a quarter.
    """
    warm, magenta = temperature / 200, tint / 200
    return balanced((2 ** (warm + magenta / 2), 2**-magenta, 2 ** (magenta / 2 - warm)))


def _table(gamma: float, gain: float) -> bytes:
    if gamma == 1 and gain == 1:
        return UNCHANGED
    if gain == 1:
        return table(lambda share: share ** (1 / gamma))
    return table(lambda share: from_light(to_light(share ** (1 / gamma)) * gain))
