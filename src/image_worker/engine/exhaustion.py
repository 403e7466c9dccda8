"""Last words of a process whose memory is used up.

GLib, on which libvips stands, logs a message and aborts where it gets no memory. Here that message
is caught, so that the job can be told what happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyvips

if TYPE_CHECKING:
    from collections.abc import Callable

_FATAL_ERROR = 0b110
_DOMAIN = b"GLib"
_WORDS = b"failed to allocate"

_kept: list[Any] = []
"""What C calls must not be collected."""


def on_exhaustion(act: Callable[[], object]) -> None:
    """Have `act` called, once, before GLib aborts for want of memory; it should not return."""

    @pyvips.ffi.callback("void(char *, int, char *, void *)")  # type: ignore[untyped-decorator]
    def told(_domain: object, _level: int, message: object, _data: object) -> None:
        if _WORDS in pyvips.ffi.string(message):
            act()

    handler = pyvips.ffi.cast("GLogFunc", told)
    pyvips.glib_lib.g_log_set_handler(_DOMAIN, _FATAL_ERROR, handler, pyvips.ffi.NULL)
    _kept[:] = [told]
