"""A client of endpoints that do jobs elsewhere: RunPod's, and servers of one's own.

`Endpoint` waits for answers, `AsyncEndpoint` is awaited; both speak the job API that RunPod's
queue endpoints and `image-worker serve` have in common. Where an endpoint is, its user says, not a
job: so requests go there directly, rather than through `image_worker.outgoing`.
"""

from image_worker.endpoint.asynchronous import AsyncEndpoint
from image_worker.endpoint.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointFaultError,
    EndpointKeyError,
    EndpointRefusedError,
    EndpointSettingsError,
    EndpointTimeoutError,
    EndpointUnknownError,
    EndpointUnreachableError,
    RemoteJobCancelledError,
    RemoteJobError,
    RemoteJobTimedOutError,
)
from image_worker.endpoint.pictures import Picture
from image_worker.endpoint.state import JobState
from image_worker.endpoint.synchronous import Endpoint

__all__ = [
    "AsyncEndpoint",
    "Endpoint",
    "EndpointBusyError",
    "EndpointError",
    "EndpointFaultError",
    "EndpointKeyError",
    "EndpointRefusedError",
    "EndpointSettingsError",
    "EndpointTimeoutError",
    "EndpointUnknownError",
    "EndpointUnreachableError",
    "JobState",
    "Picture",
    "RemoteJobCancelledError",
    "RemoteJobError",
    "RemoteJobTimedOutError",
]
