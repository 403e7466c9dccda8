"""Starts the worker, so that it asks for its first job as soon as it can.

The order matters, as a start is paid for: the process that children are forked from loads the
engine while this one imports the SDK, and what reads jobs is loaded while the SDK waits for the
first one.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from image_worker import environment
from image_worker.engine.launch import Launched
from image_worker.runpod_worker import sdk, shutdown
from image_worker.runpod_worker.bridge import Bridge
from image_worker.runpod_worker.fitness import formats_check
from image_worker.runpod_worker.loop import Loop
from image_worker.runpod_worker.making import Maker
from image_worker.telemetry import logs

if TYPE_CHECKING:
    from image_worker.environment import Early


def start() -> None:
    """Run the worker until it is asked to stop; without a platform, do the one job there is."""
    logs.configure()
    if environment.on_platform():
        _serve(environment.early())
    else:
        _try()


def _try() -> None:
    """Have the SDK do the job of the command line, or of `test_input.json`."""
    environment.set_defaults(environment.LOCAL_DEFAULTS)
    maker = Maker()
    log = logs.JobLog(as_json=False)
    bridge = Bridge(maker, environment.early().concurrency, log.write, progress=False)
    try:
        sdk.imported().serverless.start({"handler": bridge.handle})
    finally:
        bridge.close()
        maker.close()


def _serve(early: Early) -> None:
    shutdown.leave_at_once()
    environment.set_defaults(environment.RUNPOD_DEFAULTS)
    environment.configure_fonts()
    gc.disable()  # whatever is imported stays
    launched = Launched() if early.isolated else None
    check = formats_check(launched, svg=early.svg) if early.self_test else None
    loop = Loop(early, Maker(launched))
    try:
        serverless = sdk.imported().serverless
        if check:
            serverless.register_fitness_check(check)
        serverless.start(loop.config())
    finally:
        loop.close()
