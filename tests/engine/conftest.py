"""An operation that misbehaves as it is told, brought by a plug-in."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from image_worker.operations.base import Operation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLUGIN = '''
"""An operation that misbehaves as it is told, for tests."""
import os, socket, time
from typing import Literal
from image_worker.operations.base import Effect


class Misbehave(Effect):
    """Misbehave."""

    name = "misbehave"
    how: Literal["crash", "hang", "eat", "write", "read", "connect", "fork", "raise", "exhaust"]
    """How."""

    def apply(self, image):
        """Do it."""
        if self.how == "crash":
            os.abort()
        if self.how == "hang":
            while True:
                pass
        if self.how == "eat":
            return [bytearray(1 << 28) for _ in range(64)]
        if self.how == "write":
            open(os.path.expanduser("~/.escaped-from-a-test"), "w")
        if self.how == "read":
            open("/etc/hostname").read()
        if self.how == "connect":
            socket.create_connection(("127.0.0.1", 9))
        if self.how == "fork":
            os.fork()
        if self.how == "exhaust":  # GLib aborts where this gets no memory
            import pyvips
            pyvips.glib_lib.g_malloc(1 << 40)
        if self.how == "raise":
            raise RuntimeError("/secret/path of ours")
        return image
'''


def installed_plugin(folder: Path) -> Path:
    """Put the plug-in into a folder, as an installer would, and return the folder."""
    (folder / "misbehaving.py").write_text(PLUGIN)
    info = folder / "misbehaving-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaving\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[image_worker.operations]\nbad = misbehaving\n")
    return folder


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = installed_plugin(tmp_path_factory.mktemp("plugin"))
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), before]))
    sys.path.insert(0, str(folder))
    kind = __import__("misbehaving").Misbehave
    yield
    Operation.family.remove(kind)
    del sys.modules["misbehaving"]  # another module's tests define it again
    sys.path.remove(str(folder))
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
