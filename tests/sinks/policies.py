"""Presigned POST policies, as the owner of a bucket hands them out."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from image_worker.buckets import Bucket


def policy(bucket: Bucket, key: str, **conditions: Any) -> dict[str, Any]:
    """Return URL and fields that let others add that one object for ten minutes."""
    now = dt.datetime.now(dt.UTC)
    day = now.strftime("%Y%m%d")
    scope = f"{day}/{bucket.region}/s3/aws4_request"
    fields = {
        "key": key,
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{bucket.access_key_id}/{scope}",
        "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
    }
    until = now + dt.timedelta(minutes=10)
    said = {
        "expiration": until.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conditions": [
            {"bucket": bucket.name},
            *({name: value} for name, value in fields.items()),
            *([name, *values] for name, values in conditions.items()),
        ],
    }
    text = base64.b64encode(json.dumps(said).encode())
    signing = f"AWS4{bucket.secret_access_key}".encode()
    for part in (day, bucket.region, "s3", "aws4_request"):
        signing = hmac.digest(signing, part.encode(), hashlib.sha256)
    signature = hmac.new(signing, text, hashlib.sha256).hexdigest()
    return {
        "url": f"{bucket.endpoint}/{bucket.name}",
        "fields": {**fields, "policy": text.decode(), "x-amz-signature": signature},
    }
