"""What the routes take and answer, as OpenAPI tells it; the code that reads it stands elsewhere."""

from __future__ import annotations

from typing import Any

from image_worker.server.orders import PolicyRequest

Json = dict[str, Any]

_JSON = "application/json"
_BYTES: Json = {"type": "string", "format": "binary"}
_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_JOB: Json = {"$ref": "#/components/schemas/Job"}
_JOBS: Json = {
    "type": "object",
    "required": ["images"],
    "properties": {"images": {"type": "array", "items": _JOB}},
}


def _policy() -> Json:
    schema = PolicyRequest.model_json_schema()
    return {name: schema[name] for name in ("type", "properties", "additionalProperties")}


SCHEMAS: Json = {
    "Order": {
        "type": "object",
        "required": ["input"],
        "properties": {
            "input": {"anyOf": [_JOB, _JOBS]},
            "webhook": {"type": "string", "description": "URL to which the end is posted."},
            "policy": _policy(),
            "s3Config": {
                "type": "object",
                "description": "The bucket of the results, as RunPod describes it.",
                "properties": dict.fromkeys(
                    ("accessId", "accessSecret", "bucketName", "endpointUrl"), _TEXT
                ),
            },
        },
    },
    "JobState": {
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": _TEXT,
            "status": {
                "enum": [
                    "IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT",
                ],
            },
            "delayTime": {**_COUNT, "description": "Milliseconds that it waited."},
            "executionTime": {**_COUNT, "description": "Milliseconds that it ran."},
            "workerId": _TEXT,
            "retries": {**_COUNT, "description": "How often its worker was lost."},
            "error": {"type": "string", "description": "Why it failed, in a sentence."},
            "output": {"description": "The answer; of a job that failed, all but `error`."},
        },
    },
    "BatchState": {
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": _TEXT,
            "endpointId": _TEXT,
            "status": {"enum": ["DRAFT", "FINALIZED", "CANCELLED"]},
            "name": _TEXT,
            "requestTotal": _COUNT,
            "requestInProgress": _COUNT,
            "requestCompleted": _COUNT,
            "requestFailed": _COUNT,
            "createdAt": {**_COUNT, "description": "Milliseconds since 1970."},
        },
    },
    "Failure": {
        "type": "object",
        "required": ["success", "error", "message", "code", "path", "retryable", "request_id"],
        "properties": {
            "success": {"const": False},
            "error": _TEXT,
            "message": {"type": "string", "description": "The same sentence."},
            "code": {"type": "string", "description": "Stable, and meant for programs."},
            "path": {"type": "string", "description": "The place that is to blame."},
            "retryable": {"type": "boolean"},
            "request_id": _TEXT,
        },
    },
}  # fmt: skip

FAILURE: Json = {
    "description": "What went wrong.",
    "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Failure"}}},
}
JOB_STATE: dict[int | str, Json] = {
    200: {"content": {_JSON: {"schema": {"$ref": "#/components/schemas/JobState"}}}}
}
BATCH: dict[int | str, Json] = {
    200: {"content": {_JSON: {"schema": {"$ref": "#/components/schemas/BatchState"}}}}
}
PING: dict[int | str, Json] = {
    200: {"description": "Jobs are taken."},
    204: {"description": "The server starts."},
    503: {"description": "The server stops."},
}
METRICS: dict[int | str, Json] = {200: {"content": {"text/plain": {"schema": _TEXT}}}}
LIST: dict[int | str, Json] = {200: {"content": {_JSON: {"schema": {"type": "object"}}}}}
PICTURE: dict[int | str, Json] = {
    200: {
        "description": "The picture, an archive of several, or JSON.",
        "content": {
            kind: {"schema": schema}
            for kind, schema in (
                ("image/*", _BYTES), ("application/zip", _BYTES),
                ("multipart/mixed", _BYTES), (_JSON, {"type": "object"}),
            )
        },
    }
}  # fmt: skip


def _body(content: dict[str, Json]) -> Json:
    kinds = {kind: {"schema": schema} for kind, schema in content.items()}
    return {"requestBody": {"required": True, "content": kinds}}


def _query(**parameters: str) -> Json:
    return {
        "parameters": [
            {"name": name, "in": "query", "description": text, "schema": _TEXT}
            for name, text in parameters.items()
        ]
    }


ORDER = _body({_JSON: {"$ref": "#/components/schemas/Order"}})
_ORDERS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
ORDERS = _body({_JSON: _ORDERS})
MORE_ORDERS = _body(
    {_JSON: {"type": "object", "required": ["requests"], "properties": {"requests": _ORDERS}}}
)
NAME = _body(
    {
        _JSON: {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "maxLength": 200}},
        }
    }
)
ONE_JOB = _body({_JSON: _JOB})
ONE_PICTURE = _body({"image/*": _BYTES})
_FORM: Json = {
    "type": "object",
    "properties": {"job": {"type": "string", "description": "The job, as JSON."}},
    "additionalProperties": _BYTES,
}
_OUTPUT = {
    "format": "As in the job's output.",
    "quality": "As in the job's output; so are all names that are not listed here.",
}
_STEPS = {"op": "A step: `name:key=value,key=value`.", "preset": "The name of a preset."}
PROCESS = {
    **_body({"image/*": _BYTES, "multipart/form-data": _FORM, _JSON: _JOB}),
    **_query(**_STEPS, job="The whole job, as JSON.", **_OUTPUT),
}
ANALYZE = {
    **_body({"image/*": _BYTES, "multipart/form-data": _FORM, _JSON: _JOB}),
    **_query(want="Names of measurements, with commas between them."),
}
LINK = _query(
    url="Where the picture is.",
    **_STEPS,
    **_OUTPUT,
    expires="Of a signed link: until when it is good, in seconds since 1970.",
    key_id="Of a signed link: which secret signed.",
    signature="Of a signed link: HMAC-SHA256 over the sorted query, in hexadecimal digits.",
)
