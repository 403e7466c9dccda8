"""The SDK without what takes longest in it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any


def printed(code: str) -> Any:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()


def test_the_processor_is_not_asked_for_its_name() -> None:
    code = (
        "import sys; from image_worker.runpod_worker.sdk import imported; imported()\n"
        "print(*{'cpuinfo', 'paramiko', 'cryptography'} & set(sys.modules), end=' ')\n"
        "import runpod.serverless.utils.rp_debugger as it; print(it.PROCESSOR.split()[0])"
    )
    assert printed(code) == ["Unable"]


def test_whoever_needs_the_real_modules_has_them() -> None:
    code = (
        "import sys; from image_worker.runpod_worker.sdk import imported; imported()\n"
        "import cpuinfo, runpod.cli.groups.ssh.functions as ssh\n"
        "print(cpuinfo.get_cpu_info.__module__, ssh.paramiko.RSAKey.__name__)"
    )
    assert printed(code) == ["cpuinfo.cpuinfo", "RSAKey"]


def test_an_install_without_py_cpuinfo_will_do() -> None:
    code = (
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'cpuinfo': raise ImportError(name)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "from image_worker.runpod_worker.sdk import imported\n"
        "print(imported().__name__)"
    )
    assert printed(code) == ["runpod"]
