"""The files of RunPod's Hub, as its publishing guide describes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1)]
Flavor = Annotated[str, StringConstraints(pattern=r"^cpu[35][cgm](-\d+-\d+)?$")]
Value = str | int | float | bool


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Option(Strict):
    label: Text
    value: Text


class Input(Strict):
    name: Text
    type: Literal["string", "number", "boolean", "huggingface"]
    description: Text
    default: Value | None = None
    required: bool = False
    min: float | None = None
    max: float | None = None
    options: Annotated[list[Option], Field(min_length=1)] | None = None
    trueValue: str | None = None  # noqa: N815 - the Hub's name
    falseValue: str | None = None  # noqa: N815 - the Hub's name
    advanced: bool = False


class Asked(Strict):
    key: Text
    input: Input


class Fixed(Strict):
    key: Text
    value: str


class Preset(Strict):
    name: Text
    defaults: dict[str, Value]


class ListingConfig(Strict):
    runsOn: Literal["CPU"]  # noqa: N815 - the Hub's name
    endpointType: Literal["LB"] | None = None  # noqa: N815 - the Hub's name
    cpuFlavor: Flavor  # noqa: N815 - the Hub's name
    containerDiskInGb: Annotated[int, Field(ge=1)]  # noqa: N815 - the Hub's name
    env: list[Asked | Fixed]
    presets: list[Preset]


class Listing(Strict):
    title: Text
    description: Text
    type: Literal["serverless"]
    category: Literal["audio", "embedding", "language", "video", "image"]
    iconUrl: Text | None = None  # noqa: N815 - the Hub's name
    config: ListingConfig


class Case(Strict):
    name: Annotated[str, StringConstraints(pattern=r"^\w+$")]
    input: dict[str, Any]
    timeout: Annotated[int, Field(gt=0)]


class CasesConfig(Strict):
    cpuFlavor: Flavor  # noqa: N815 - the Hub's name
    env: list[Fixed]


class Cases(Strict):
    tests: Annotated[list[Case], Field(min_length=1)]
    config: CasesConfig
