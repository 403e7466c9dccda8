""".runpod/hub.json: what RunPod's Hub shows, with every setting as an input."""

from __future__ import annotations

import json
from typing import Any

from image_worker.limits import Limits
from image_worker.settings import PREFIX, Settings
from pages.schema import meaning

Json = dict[str, Any]

SHOWN = (
    "bucket_endpoint_url",
    "bucket_access_key_id",
    "bucket_secret_access_key",
    "bucket_name",
    "allow_hosts",
    "max_input_megapixels",
    "svg",
)
"""Settings that the Hub shows at once, in this order; the others are behind a click."""

PRESETS: dict[str, Json] = {
    "Photos of the web": {},
    "Scans and panoramas": {
        "max_source_bytes": 200_000_000,
        "max_input_megapixels": 400,
        "max_total_megapixels": 600,
        "max_raw_bytes": 3_200_000_000,
        "max_decoder_bytes": 1_600_000_000,
        "max_cost": 240,
        "job_timeout": 120,
        "fetch_timeout": 60,
    },
    "Least memory": {"cache_bytes": 0, "children": 1, "batch_threads": 1},
}
"""Settings to start from, by the name that the Hub shows."""

_ACRONYMS = {"svg": "SVG", "url": "URL", "id": "ID", "avif": "AVIF", "json": "JSON"}
_SWITCH = [{"label": "On", "value": "true"}, {"label": "Off", "value": "false"}]


DIRECT = "Direct requests"
"""The preset of the load-balancing listing: pictures that are asked for again are kept."""

_WITHOUT_KEYS = "no_auth"


def page() -> str:
    """Return the file."""
    return _written(_listing())


def load_balancing() -> str:
    """Return the file of the other listing, whose workers are servers that are asked directly."""
    listing = _listing()
    config = listing["config"]
    keyless = {"key": variable(_WITHOUT_KEYS), "value": "true"}  # RunPod asks for its own keys
    config["env"] = [
        keyless if entry["key"] == keyless["key"] else entry for entry in config["env"]
    ]
    kept = {variable("cache_seconds"): 86_400, variable("queue_seconds"): 5}
    return _written(
        {
            **listing,
            "title": "Image server",
            "description": "Pictures in, pictures out over HTTP, without queue and base64: resize, "
            "crop, filter, watermark, redact, analyse and encode. Fast on CPUs, no GPU needed.",
            "config": {
                **config,
                "endpointType": "LB",
                "presets": [{"name": DIRECT, "defaults": kept}],
            },
        }
    )


def _written(listing: Json) -> str:
    return json.dumps(listing, indent=2, ensure_ascii=False) + "\n"


def _listing() -> Json:
    return {
        "title": "Image worker",
        "description": "Resize, crop, filter, watermark, redact, analyse and encode images by JSON "
        "jobs. Fast on CPUs: libvips in locked-down processes, no GPU needed.",
        "type": "serverless",
        "category": "image",
        "config": {
            "runsOn": "CPU",
            "cpuFlavor": "cpu3c",
            "containerDiskInGb": 5,
            "env": [_entry(name, part) for name, part in _ordered().items()],
            "presets": [
                {"name": name, "defaults": {variable(key): value for key, value in values.items()}}
                for name, values in PRESETS.items()
            ],
        },
    }


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def _ordered() -> Json:
    """Return the settings: those that are shown at once, then the others, then the limits."""
    parts = Settings.raw_schema()["properties"]
    names = [*SHOWN, *(name for name in parts if name not in Limits.model_fields), *parts]
    return {name: parts[name] for name in names}


def _entry(name: str, part: Json) -> Json:
    words = " ".join(_ACRONYMS.get(word, word) for word in name.split("_"))
    given = {
        "name": words[0].upper() + words[1:],
        **_kind(part),
        "description": meaning(part).replace("`", "").replace("\\|", "|"),
        **_default(part),
        "required": False,
        "advanced": name not in SHOWN,
    }
    return {"key": variable(name), "input": given}


def _kind(part: Json) -> Json:
    """Return how the Hub asks for it."""
    kinds = [one for one in part.get("anyOf", [part]) if one.get("type") != "null"]
    kind = kinds[0]
    match kind.get("type"):
        case "boolean" if len(part.get("anyOf", [])) > 1:  # the default is neither
            return {"type": "string", "options": _SWITCH}
        case "boolean":
            return {"type": "boolean", "trueValue": "true", "falseValue": "false"}
        case "integer" | "number":
            return {"type": "number", **_bounds(kind)}
        case "string" if "enum" in kind:
            options = [{"label": one, "value": one} for one in kind["enum"]]
            return {"type": "string", "options": options}
    return {"type": "string"}


def _bounds(part: Json) -> Json:
    """Return the bounds that a number may reach; the Hub knows no others."""
    known = {"min": part.get("minimum"), "max": part.get("maximum")}
    return {name: value for name, value in known.items() if value is not None}


def _default(part: Json) -> Json:
    value = part.get("default")
    if isinstance(value, list):
        value = ",".join(map(str, value))
    return {} if value in (None, "") else {"default": value}
