"""Settings of work on many machines."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from clioscope.settings.section import Section


class ClusterSettings(Section):
    on: str | None = Field(
        None,
        description="Where questions, vectors and input at a URL are worked on: `ray` (the cluster of RAY_ADDRESS, or "
        "else Ray on this machine) or `ray://HOST:10001`. If unset: in this process (docs/ray.md).",
    )
    folder: str | None = Field(
        None,
        description="Folder or URL (`s3://`, `gs://`) that all nodes see, for questions and answers on their way. One "
        "per atlas. If unset: in the folder of the build, which suits Ray on this machine and shared disks.",
    )
    actors: int = Field(
        1, ge=1, description="Copies of the model for `vllm:NAME`; processes that ask, for a model at an address."
    )
    batch: int = Field(32, ge=1, description="Questions that an actor gets at once; several batches are in flight.")
    engine: dict[str, Any] = Field(
        {},
        description="Arguments of the vLLM engine beside `enable_prefix_caching`, which is on: for example "
        "`tensor_parallel_size = 2`, `max_model_len = 8192`.",
    )
    accelerator: str | None = Field(
        None, description="Kind of GPU that vLLM gets, by its name in Ray, for example `H100`. If unset: any."
    )
    encoders: int = Field(1, ge=1, description="Processes that encode texts.")
    encoder_gpus: float = Field(0.0, ge=0, description="GPUs of each of them; a fraction lets several share a card.")

    @field_validator("on")
    @classmethod
    def _known(cls, given: str | None) -> str | None:
        if given is not None and given != "ray" and not given.startswith("ray://"):
            raise ValueError("give ray, or the address of a cluster, ray://HOST:10001")
        return given
