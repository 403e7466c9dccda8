"""Whatever a job can name, it never leads to a forbidden address.

Every way out of a job is tried with every spelling and name in `test_forbidden`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.job.making import worker
from tests.outgoing.conftest import ALL_PORTS
from tests.outgoing.entries import ENTRIES, REFUSALS, ask, to
from tests.outgoing.servers import ok, redirect
from tests.outgoing.test_forbidden import ADDRESSES, FORBIDDEN, resolve_locally

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.outgoing.servers import Origin


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_place_in_a_job_leads_to_a_forbidden_address(
    entry: str, canary: Origin, names: dict[str, list[list[str]]]
) -> None:
    resolve_locally(names)
    one = worker(ports=ALL_PORTS, fetch_timeout=30)
    for host in FORBIDDEN:
        said = ask(one, entry, f"http://{host}:{canary.port}")
        assert not said["success"]
        assert said["code"] in REFUSALS, (host, said)
    for address in ADDRESSES:
        names["images.example"] = [[address, address]]
        said = ask(one, entry, canary.url("", host="images.example"))
        assert said["code"] in REFUSALS, (address, said)
    assert canary.connections == 0


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_place_in_a_job_follows_a_redirect_to_a_forbidden_address(
    entry: str, canary: Origin, origin: Callable[..., Origin], names: dict[str, list[list[str]]]
) -> None:
    resolve_locally(names)
    names["images.example"] = [["127.0.0.9"]]
    server = origin(ok(b""), host="127.0.0.9")
    one = worker(ports=ALL_PORTS, fetch_timeout=30, allow_networks=("127.0.0.9/32",))
    for host in FORBIDDEN:
        server.answer = redirect(f"http://{host}:{canary.port}/", "307 Over there")
        said = ask(one, entry, server.url("", host="images.example"))
        assert not said["success"]
        assert said["code"] in {*REFUSALS, "delivery_refused"}, (host, said)
    assert server.connections >= len(FORBIDDEN)
    assert canary.connections == 0


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_place_in_a_job_leads_out_where_that_is_allowed(
    entry: str, origin: Callable[..., Origin]
) -> None:
    server = origin(ok(b""))
    one = worker(ports=ALL_PORTS, fetch_timeout=30, allow_networks=("127.0.0.0/8",))
    ask(one, entry, server.url(""))
    assert server.connections >= 1


def test_the_bucket_of_the_worker_opens_no_way_for_jobs(
    canary: Origin, names: dict[str, list[list[str]]]
) -> None:
    home = canary.url("")
    one = worker(
        ports=ALL_PORTS,
        bucket_endpoint_url=home,
        bucket_access_key_id="a",
        bucket_secret_access_key="b",  # noqa: S106 - of nobody
        bucket_name="buck",
    )
    for entry in ENTRIES:
        assert ask(one, entry, home)["code"] in REFUSALS
    assert canary.connections == 0
    assert one.answer(to({"s3": {}}))["success"]
    assert canary.connections == 1
