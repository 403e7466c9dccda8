"""RunPod's Python client, used as its users do: `endpoint.py KEY ENDPOINT GOOD BAD LONG`.

The address of the platform stands in RUNPOD_ENDPOINT_BASE_URL; the last three are inputs, as JSON.
Prints one JSON object with what the client gave back.
"""

from __future__ import annotations

import json
import sys

import runpod

key, name, *inputs = sys.argv[1:]
good, bad, long = (json.loads(text) for text in inputs)
endpoint = runpod.Endpoint(name, api_key=key)

seen = {"run_sync": endpoint.run_sync({"input": good}, timeout=60)}

job = endpoint.run({"input": good})
seen["output"] = job.output(timeout=60)
seen["status"] = job.status()

failing = endpoint.run({"input": bad})
seen["failed_output"] = failing.output(timeout=60)
seen["failed_status"] = failing.status()
seen["failed_run_sync"] = endpoint.run_sync({"input": bad}, timeout=60)

streaming = endpoint.run({"input": good})
seen["stream"] = list(streaming.stream())

cancelled = endpoint.run({"input": long})
seen["cancelled"] = cancelled.cancel()
seen["health"] = endpoint.health()
seen["purged"] = endpoint.purge_queue()

try:
    runpod.Endpoint(name, api_key="wrong").health()
except RuntimeError as error:
    seen["wrong_key"] = str(error)

print(json.dumps(seen))
