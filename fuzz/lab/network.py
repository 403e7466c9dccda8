"""A network namespace in which every address there is belongs to this machine."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
from functools import cache

_SIOCSIFFLAGS, _UP = 0x8914, 0x41
_NEW_ROUTE, _FLAGS = 24, 0x0405  # RTM_NEWROUTE; request, create, acknowledge
_LOCAL_TABLE, _STATIC, _HOST, _LOCAL = 255, 4, 254, 2
_OUT_BY = 4  # RTA_OIF
_LOOPBACK_INDEX = 1
_ENTER = ("unshare", "--user", "--map-root-user", "--net")


@cache
def entering() -> tuple[str, ...]:
    """Return the words before a command that give it a network of its own; none if it cannot."""
    if shutil.which("unshare"):
        tried = subprocess.run([*_ENTER, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return _ENTER
    return ()


def own_every_address() -> None:
    """Make every address lead to this machine; only in a network of one's own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _UP))
    for family in (socket.AF_INET, socket.AF_INET6):
        _route_home(family)


def _route_home(family: socket.AddressFamily) -> None:
    """Add the route `local ::/0 dev lo`, or that of IPv4."""
    route = struct.pack("=BBBBBBBBI", family, 0, 0, 0, _LOCAL_TABLE, _STATIC, _HOST, _LOCAL, 0)
    attribute = struct.pack("=HHI", 8, _OUT_BY, _LOOPBACK_INDEX)
    length = 16 + len(route) + len(attribute)
    message = struct.pack("=IHHII", length, _NEW_ROUTE, _FLAGS, 1, 0) + route + attribute
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as link:
        link.send(message)
        (error,) = struct.unpack_from("=i", link.recv(1024), 16)
        if error:
            raise OSError(-error, os.strerror(-error))
