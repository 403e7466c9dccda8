"""Jobs that outlive the processes that work them: a queue on NATS JetStream.

    with Broker(Embedding(Path("data"))) as broker:
        store = await Store.connect(broker.url)
        jobs, consumer = Jobs(store), Consumer(store, handle)

`Broker` runs a server of its own; a `Store` connects to that one or to any other. `Jobs` is the
side of those who ask, `Consumer` the side of those who work, and `Webhooks` tells others.
`Batches` prepares many jobs at once, which a `Feeder` puts into the queue little by little.
Nothing else imports NATS.
"""

from image_worker.queue.batch import Batch, Counts, Request, Stage
from image_worker.queue.batches import Batches, status_of
from image_worker.queue.broker import Broker, Embedding
from image_worker.queue.consumer import Consumer
from image_worker.queue.feeding import Feeder
from image_worker.queue.files import Files
from image_worker.queue.job import Job
from image_worker.queue.jobs import Jobs, new_id
from image_worker.queue.overview import Health
from image_worker.queue.records import Policy, Record, Status
from image_worker.queue.running import Answer, Run
from image_worker.queue.store import Store
from image_worker.queue.terms import Terms
from image_worker.queue.webhooks import Webhooks

__all__ = [
    "Answer",
    "Batch",
    "Batches",
    "Broker",
    "Consumer",
    "Counts",
    "Embedding",
    "Feeder",
    "Files",
    "Health",
    "Job",
    "Jobs",
    "Policy",
    "Record",
    "Request",
    "Run",
    "Stage",
    "Status",
    "Store",
    "Terms",
    "Webhooks",
    "new_id",
    "status_of",
]
