"""S3-compatible storage: what a bucket is called, who may use it, and which way leads there.

A maintained client signs; the bytes pass `image_worker.outgoing` like everything else, so that a
bucket that a caller names cannot lead to an address that callers may not reach.
"""

from image_worker.buckets.bucket import Bucket
from image_worker.buckets.reading import bucket_at, bucket_of_job
from image_worker.buckets.storage import Reached, Storage

__all__ = ["Bucket", "Reached", "Storage", "bucket_at", "bucket_of_job"]
