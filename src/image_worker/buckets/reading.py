"""Buckets as people describe them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field, ValidationError

from image_worker.buckets.bucket import DEFAULT_REGION, Bucket
from image_worker.component import Model, explain
from image_worker.errors import ImageWorkerError, InvalidParameterError
from image_worker.outgoing.target import parse_target

if TYPE_CHECKING:
    from typing import Any

# The region is a part of hosts such as these.
_REGIONS = (
    re.compile(r"(?:^|\.)s3[.-](?:dualstack\.)?(?P<region>[a-z]{2,4}-[a-z0-9-]+)\."),
    re.compile(r"(?:^|\.)(?P<region>[a-z]{3}[0-9])\.digitaloceanspaces\.com$"),
)
_ANY_REGION = ".r2.cloudflarestorage.com"
# The bucket is the first part of hosts such as these.
_WITH_BUCKET = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*?)\."
    r"(?:s3[.-].+|[a-z]{3}[0-9]\.digitaloceanspaces\.com|[0-9a-f]{32}\.r2\.cloudflarestorage\.com)"
)


class S3Config(Model):
    """The bucket of one job, in RunPod's words."""

    model_config = ConfigDict(extra="ignore", validate_by_name=True)

    endpoint_url: str = Field(alias="endpointUrl")
    access_id: str = Field(alias="accessId")
    access_secret: str = Field(alias="accessSecret", repr=False)
    bucket_name: str | None = Field(default=None, alias="bucketName")
    object_path: str = Field(default="", alias="objectPath")


def bucket_of_job(config: Any) -> Bucket | None:
    """Return the bucket that stands as `s3Config` beside a job, if there is one.

    Raises:
        InvalidParameterError: Something is missing in it, or is not what it should be.
        InvalidUrlError: Its `endpointUrl` is no URL.
    """
    if not config:
        return None
    try:
        said = S3Config.model_validate(config)
    except ValidationError as error:
        problem = explain(error, S3Config)
        path = f"s3Config.{problem.path}".removesuffix(".")
        raise InvalidParameterError(problem.message, path=path) from None
    try:
        found = bucket_at(
            said.endpoint_url, said.access_id, said.access_secret, name=said.bucket_name
        )
    except ImageWorkerError as error:
        raise error.at("s3Config.endpointUrl") from None
    return replace(found, folder=said.object_path.strip("/"))


def bucket_at(
    endpoint: str,
    access_key_id: str,
    secret_access_key: str,
    *,
    name: str | None = None,
    region: str | None = None,
) -> Bucket:
    """Return the bucket at that URL.

    Args:
        endpoint: URL of the storage: alone, with the bucket as the first part of its host, or with
            the bucket as its path.
        access_key_id: Name of the key.
        secret_access_key: The key.
        name: Name of the bucket. Default: the one in `endpoint`.
        region: Where it is. Default: the one in `endpoint`, else `us-east-1`.
    """
    target = parse_target(endpoint)
    host, path = target.host, target.path.strip("/")
    if {"/", "?"} & set(path) or (path and name not in {None, path}):
        raise InvalidParameterError("expected a URL with nothing but the bucket as its path")
    found = name or path or _name_in(host)
    if not found:
        raise InvalidParameterError("expected the name of a bucket too; the URL has none in it")
    return Bucket(
        endpoint=target.origin,
        name=found,
        access_key_id=access_key_id,
        secret_access_key=secret_access_key,
        region=region or _region_in(host),
        in_host=not path and host.startswith(f"{found}."),
    )


def _name_in(host: str) -> str | None:
    match = _WITH_BUCKET.fullmatch(host)
    return match["name"] if match else None


def _region_in(host: str) -> str:
    if host.endswith(_ANY_REGION):
        return "auto"
    found = (pattern.search(host) for pattern in _REGIONS)
    return next((match["region"] for match in found if match), DEFAULT_REGION)
