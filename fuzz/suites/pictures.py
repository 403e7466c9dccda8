"""Odd but valid pictures, which are no reason to refuse anything."""

from __future__ import annotations

import base64
from itertools import islice
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, none
from fuzz.inputs.oddities import oddities
from fuzz.stage import Stage, each

if TYPE_CHECKING:
    from fuzz.plan import Plan

COUNT = 100
_TYPED = {"unsupported_format", "image_too_large"}
"""What may be said of a picture that is valid but not promised."""


def run(plan: Plan) -> list[Figure]:
    """Answer odd pictures, each unchanged and small."""
    every = max(1, int(1 / plan.scale)) if plan.scale < 1 else 1
    wrong: list[str] = []
    refused: list[str] = []
    with Stage(keep=plan.keep) as stage:
        stage.all_controls()

        def look(odd: tuple[str, bytes, tuple[int, int]]) -> None:
            name, data, size = odd
            answer = stage.ask(_job(data))
            if answer["success"]:
                facts = answer["metadata"]
                if (facts["width"], facts["height"]) != size:
                    wrong.append(name)
            elif answer["code"] in _TYPED:
                refused.append(f"{name} ({answer['code']})")
            else:
                wrong.append(f"{name} ({answer['code']})")

        each(islice(oddities(), 0, None, every), look, stage.children)
        stage.all_controls()
        asked = min(plan.scaled(COUNT), stage.notes.tried)
        return [
            *stage.notes.figures("odd but valid pictures", asked),
            none(f"neither right nor refused by kind{_named(wrong)}", len(wrong)),
            Figure(f"refused by kind{_named(refused)}", len(refused)),
        ]


def _named(names: list[str]) -> str:
    return f": {', '.join(sorted(names))}" if names else ""


def _job(data: bytes) -> dict[str, Any]:
    return {
        "image": {"base64": base64.b64encode(data).decode()},
        "output": {"format": "PNG"},
        "analyze": ["size", "format", "mode"],
    }
