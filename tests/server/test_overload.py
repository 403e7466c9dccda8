"""Ten times more requests than can be served: the rest is refused at once."""

from __future__ import annotations

import http.client
import threading
import time
from typing import TYPE_CHECKING

from tests.job.making import encoded, smooth
from tests.server.live import KEY, LiveServer

if TYPE_CHECKING:
    from pathlib import Path

BODY = encoded(smooth(64, 48), "JPEG")
PATH = "/process?op=resize:width=1600&format=png&cache=off"
SECONDS = 2
CALLERS = 24
SLACK = 10
"""By how much a busy machine may miss what is measured."""


class Caller(threading.Thread):
    """Asks until the time is over, and after a refusal waits as long as it takes to be many."""

    def __init__(self, live: LiveServer, pause: float) -> None:
        super().__init__()
        self.port, self.pause = live.port, pause
        self.served = 0
        self.refused: list[float] = []
        self.others: list[int] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        end = time.monotonic() + SECONDS
        while (started := time.monotonic()) < end:
            connection.request("POST", PATH, BODY, {"Authorization": f"Bearer {KEY}"})
            answer = connection.getresponse()
            answer.read()
            took = time.monotonic() - started
            if answer.status == 200:
                self.served += 1
            elif answer.status == 503:
                assert int(answer.headers["Retry-After"]) >= 1
                self.refused.append(took)
                time.sleep(self.pause)  # the load that is offered, not a wait for anything
            else:
                self.others.append(answer.status)
        connection.close()


def called(live: LiveServer, callers: int, pause: float = 0.0) -> list[Caller]:
    every = [Caller(live, pause) for _ in range(callers)]
    for caller in every:
        caller.start()
    for caller in every:
        caller.join()
    return every


def test_who_cannot_be_served_in_time_is_refused_at_once(tmp_path: Path) -> None:
    with LiveServer(tmp_path, children="1", queue_slots="0", queue_seconds="0.5") as live:
        called(live, 1)
        capacity = sum(caller.served for caller in called(live, 2)) / SECONDS
        every = called(live, CALLERS, CALLERS / (9 * capacity))
        served = sum(caller.served for caller in every) / SECONDS
        refused = sorted(took for caller in every for took in caller.refused)
        print(
            f"capacity {capacity:.1f}/s, offered {served + len(refused) / SECONDS:.1f}/s, "
            f"served {served / capacity:.0%}, {len(refused)} refused, median "
            f"{refused[len(refused) // 2] * 1000:.0f} ms, worst {refused[-1] * 1000:.0f} ms"
        )
        assert not [status for caller in every for status in caller.others]
        assert refused[len(refused) // 2] < 0.05 * SLACK
        assert served / capacity > 0.9 / SLACK
        assert live.client.get("/readyz").status_code == 200
