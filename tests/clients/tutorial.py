"""What the tutorial does to try its endpoint: send a job by HTTP, ask until it is done, save it.

`tutorial.py BASE KEY ENDPOINT PICTURE SAVED`: the same two routes, header and bodies, where BASE
stands for the address that the tutorial has fixed.
"""

from __future__ import annotations

import base64
import sys
import time
from pathlib import Path

import requests

base, key, endpoint, picture, saved = sys.argv[1:]
root = f"{base}/{endpoint}"
headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
job = {
    "image": {"base64": base64.b64encode(Path(picture).read_bytes()).decode("utf-8")},
    "operations": [
        {"type": "resize", "params": {"width": 800, "maintain_aspect": True}},
        {"type": "filter", "params": {"name": "sharpen"}},
    ],
    "output": {"format": "JPEG", "quality": 85},
}
name = requests.post(f"{root}/run", headers=headers, json={"input": job}, timeout=10).json()["id"]
while True:
    state = requests.get(f"{root}/status/{name}", headers=headers, timeout=10).json()
    if state["status"] in {"COMPLETED", "FAILED"}:
        break
    time.sleep(1)

if state["status"] == "FAILED":
    sys.exit(f"failed: {state}")
result = state["output"]
if not result.get("success"):
    sys.exit(f"error: {result.get('error')}")
Path(saved).write_bytes(base64.b64decode(result["processed_image"].split("base64,")[1]))
print(f"{result['metadata']}")
