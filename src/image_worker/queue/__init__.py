"""Jobs that outlive the processes that work them: a queue on NATS JetStream.

    with Broker(Embedding(Path("data"))) as broker:
        store = await Store.connect(broker.url)
        jobs, consumer = Jobs(store), Consumer(store, handle)

`Broker` runs a server of its own; a `Store` connects to that one or to any other. `Jobs` is the
side of those who ask, `Consumer` the side of those who work, and `Webhooks` tells others.
Nothing else imports NATS.
"""

from image_worker.queue.broker import Broker, Embedding
from image_worker.queue.consumer import Consumer
from image_worker.queue.job import Job
from image_worker.queue.jobs import Jobs
from image_worker.queue.overview import Health
from image_worker.queue.records import Policy, Status
from image_worker.queue.running import Answer, Run
from image_worker.queue.store import Store
from image_worker.queue.terms import Terms
from image_worker.queue.webhooks import Webhooks

__all__ = [
    "Answer",
    "Broker",
    "Consumer",
    "Embedding",
    "Health",
    "Job",
    "Jobs",
    "Policy",
    "Run",
    "Status",
    "Store",
    "Terms",
    "Webhooks",
]
