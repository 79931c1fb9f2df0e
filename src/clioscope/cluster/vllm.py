"""Questions to vLLM engines on the GPUs of a cluster, by Ray's vLLM processor.

Field by field what the client asks a vLLM server for (``clioscope.models.wire``), so the answers are those of the
same model behind an address, and are stored under the same keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from clioscope.cluster.rows import COLUMNS, row_of
from clioscope.cluster.shape import filled
from clioscope.errors import ModelError
from clioscope.models.catalogue import profile_for
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.outcome import Outcome
from clioscope.models.profile import Profile
from clioscope.models.refusal import is_too_long
from clioscope.models.thinking import strip_thinking
from clioscope.models.wire import tuned
from clioscope.settings import ClusterSettings, ModelSettings

_LONGER = re.compile(r"longer than the maximum model length", re.IGNORECASE)  # as an engine says it, and no server
ERROR = "__inference_error__"  # Ray's column for why a row failed; empty or absent where it did not


def vllm_model(name: str) -> tuple[str, Profile]:
    """What vLLM is to load, a name at the hub or a path that all nodes see, and the habits of the model.

    Raises ModelError for a model that always reasons first: its answers take a second question, which engines here are
    not asked.
    """
    profile = profile_for(name)
    if profile.reasoning == "think-tags" or profile.endpoint != "chat":
        raise ModelError(f"vllm:{name}: a model of this kind is asked in another way; serve it and give its address.")
    return name, profile


def vllm_config(name: str, cluster: ClusterSettings) -> Any:
    """The configuration of Ray's processor. Neither vLLM nor a GPU is needed to make it."""
    from ray.data.llm import vLLMEngineProcessorConfig

    source, profile = vllm_model(name)
    template: dict[str, Any] = {"enabled": True}
    if profile.reasoning == "switchable":
        template["chat_template_kwargs"] = {"enable_thinking": False}
    return vLLMEngineProcessorConfig(
        model_source=source,
        engine_kwargs={"enable_prefix_caching": True, **cluster.engine},
        task_type="generate",
        batch_size=cluster.batch,
        concurrency=cluster.actors,
        accelerator_type=cluster.accelerator,
        should_continue_on_error=True,
        chat_template_stage=template,
    )


def vllm_processor(
    name: str, settings: ModelSettings, form: ChatRequest, cluster: ClusterSettings
) -> Callable[[Any], Any]:
    """What turns a dataset of questions (``rows.QUESTION``) of one form into one of outcomes (``rows.COLUMNS``)."""
    from ray.data.llm import build_processor

    _, profile = vllm_model(name)
    processor = build_processor(
        vllm_config(name, cluster),
        preprocess=partial(engine_row, tuned(form, settings, profile, False), profile),
        postprocess=partial(answered, form),
    )
    # A row that failed skips the postprocessing, and comes with other columns than the rest.
    return lambda dataset: processor(dataset).map(outcome_row)


def engine_row(form: ChatRequest, profile: Profile, row: Mapping[str, Any]) -> dict[str, Any]:
    """A question as vLLM wants it. The schema goes as text: Arrow would turn its objects into columns."""
    request = filled(form, row["text"])
    messages = [{"role": role, "content": content} for role, content in request.messages]
    if request.prefill and request.schema is None:
        messages.append({"role": "assistant", "content": request.prefill})
    sampling: dict[str, Any] = {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
    }
    if profile.top_k is not None and request.temperature > 0:
        sampling["top_k"] = profile.top_k
    if request.schema is not None:
        sampling["structured_outputs"] = {"json": json.dumps(request.schema, ensure_ascii=False)}
    return {"key": row["key"], "messages": messages, "sampling_params": sampling}


def answered(form: ChatRequest, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine made of a question: a row of an outcome."""
    text = str(row.get("generated_text") or "")
    prefill = (form.prefill or "") if form.schema is None else ""
    if prefill and not text.lstrip().startswith(prefill.strip()):
        text = prefill + text
    made = int(row.get("num_generated_tokens") or 0)
    answer = ChatAnswer(
        strip_thinking(text),
        int(row.get("num_input_tokens") or 0),
        made,
        float(row.get("time_taken_llm") or 0.0),
        truncated=made >= form.max_tokens,
    )
    return row_of(Outcome(row["key"], answer)) | {ERROR: ""}


def outcome_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of an outcome, also where the engine failed on the question."""
    error = str(row.get(ERROR) or "")
    if not error:
        return {name: row[name] for name in COLUMNS}
    reason = " ".join(error.split())[:300]
    # A question that is too long stays so; with another fault the engine may do better next time.
    own = is_too_long(error) or _LONGER.search(error) is not None
    return row_of(Outcome(row["key"], None, reason, "own" if own else "server"))
