"""Start the RunPod worker: `python -u handler.py`."""

import runpod

from src.rp_handler import handler

if __name__ == "__main__":
    runpod.serverless.start({"handler": handler})
