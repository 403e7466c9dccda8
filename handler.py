"""Start the RunPod worker: `python -u handler.py`."""

from image_worker.runpod_worker import start

if __name__ == "__main__":
    start()
