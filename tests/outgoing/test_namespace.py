"""With real addresses and a real name server, nobody forbidden is ever reached."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

from tests.outgoing.entries import ENTRIES, REFUSALS
from tests.outgoing.namespace import FORBIDDEN

ROOT = Path(__file__).parent.parent.parent


def test_jobs_in_a_network_of_its_own_reach_only_the_outside() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.outgoing.namespace"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    if "not allowed" in told:  # what is forbidden is then shown by the tests on the loopback alone
        assert told["not allowed"] in {errno.EPERM, errno.ENOSYS, errno.ENOSPC, errno.EINVAL}
        return
    assert told["forbidden"] == [0] * len(FORBIDDEN)
    assert told["reachable"] == [1] * len(FORBIDDEN)
    assert told["outside"] > len(ENTRIES)
    for host, entries in told["said"].items():
        codes = {code for said in entries.values() for code in said}
        if host in {"outside.example", "mixed.example"}:
            assert codes == {None}, host
        elif host == "changing.example":
            assert codes == {None, "source_blocked", "delivery_blocked"}
        elif host == "outside.example/away":
            assert codes <= {*REFUSALS, "delivery_refused", "invalid_parameter", None}
            assert entries["image"] == ["source_blocked"] * 4
        else:
            assert codes <= REFUSALS, host
