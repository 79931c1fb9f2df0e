"""What engines on a cluster are configured with and asked, field by field. Neither vLLM nor a card is needed."""

import json

import pytest
from extras import needs

from clioscope.cluster.rows import COLUMNS
from clioscope.cluster.vllm import ERROR, answered, engine_row, outcome_row, vllm_config, vllm_model
from clioscope.errors import ModelError
from clioscope.models.catalogue import profile_for
from clioscope.models.chat import ChatRequest
from clioscope.models.profile import Habits
from clioscope.models.wire import body_of
from clioscope.settings import ClusterSettings

SCHEMA = {"type": "object", "properties": {"b": {"type": "string"}, "a": {"enum": ["x"]}}, "required": ["b", "a"]}
FORM = ChatRequest(
    (("system", "Say."), ("user", "one"), ("assistant", "{}"), ("user", "")),
    schema=SCHEMA,
    max_tokens=40,
    temperature=0.4,
    seed=7919,
)


@needs("ray", "ray")
@pytest.mark.slow
class TestConfiguration:
    """The object that Ray's builder gets."""

    def test_prefixes_are_cached_and_bad_rows_end_nothing(self) -> None:
        cluster = ClusterSettings(
            on="ray", actors=3, batch=64, accelerator="H100", engine={"tensor_parallel_size": 2, "max_model_len": 8192}
        )
        config = vllm_config("Qwen/Qwen2.5-7B-Instruct", cluster)
        assert config.model_source == "Qwen/Qwen2.5-7B-Instruct"
        assert config.engine_kwargs == {
            "enable_prefix_caching": True,
            "tensor_parallel_size": 2,
            "max_model_len": 8192,
            "task_type": "generate",
        }
        assert (config.task_type, config.batch_size, config.concurrency) == ("generate", 64, 3)
        assert (config.accelerator_type, config.should_continue_on_error) == ("H100", True)
        assert config.chat_template_stage == {"enabled": True}
        assert config.max_concurrent_batches == 8

    def test_a_model_that_may_think_is_told_not_to(self) -> None:
        config = vllm_config("Qwen/Qwen3-8B", ClusterSettings(on="ray"))
        assert config.chat_template_stage == {"enabled": True, "chat_template_kwargs": {"enable_thinking": False}}
        assert config.accelerator_type is None and config.concurrency == 1

    def test_the_prefix_cache_can_be_switched_off(self) -> None:
        config = vllm_config("some/model", ClusterSettings(on="ray", engine={"enable_prefix_caching": False}))
        assert config.engine_kwargs["enable_prefix_caching"] is False

    def test_the_builder_is_the_one_that_later_versions_kept(self) -> None:
        from ray.data import llm

        assert callable(llm.build_processor)


def test_a_row_asks_what_the_client_asks_a_vllm_server() -> None:
    profile = profile_for("Qwen/Qwen2.5-7B-Instruct")
    row = engine_row(FORM, profile, {"key": "k", "text": "two"})
    request = ChatRequest((*FORM.messages[:-1], ("user", "two")), SCHEMA, 40, 0.4, seed=7919)
    _, body = body_of(request, "m", profile, Habits(dialect="vllm"))
    assert row["key"] == "k" and row["messages"] == body["messages"]
    sampling = row["sampling_params"]
    schema = sampling.pop("structured_outputs")["json"]
    assert json.loads(schema) == SCHEMA and schema.index('"b"') < schema.index('"a"')  # filled in this order
    assert json.loads(schema) == body["response_format"]["json_schema"]["schema"]
    assert sampling == {name: body[name] for name in ("max_tokens", "temperature", "top_p", "seed")} | (
        {"top_k": body["top_k"]} if "top_k" in body else {}
    )


def test_an_answer_that_is_begun_is_continued() -> None:
    form = ChatRequest((("user", ""),), max_tokens=5, prefill="It is")
    row = engine_row(form, profile_for("some/model"), {"key": "k", "text": "What?"})
    assert row["messages"][-1] == {"role": "assistant", "content": "It is"}
    assert "structured_outputs" not in row["sampling_params"]
    told = {"key": "k", "generated_text": " blue", "num_generated_tokens": 5, "num_input_tokens": 9}
    assert outcome_row(answered(form, told))["text"] == "It is blue"


def test_what_the_engine_says_becomes_an_outcome() -> None:
    told = {"key": "k", "generated_text": "<think>\n\n</think>\n{}", "num_input_tokens": 90, "num_generated_tokens": 4}
    row = outcome_row(answered(FORM, {**told, "time_taken_llm": 0.5}))
    assert list(row) == list(COLUMNS)
    assert (row["kind"], row["text"], row["prompt_tokens"], row["completion_tokens"]) == ("answer", "{}", 90, 4)
    assert (row["seconds"], row["truncated"]) == (0.5, False)
    assert outcome_row(answered(FORM, {**told, "num_generated_tokens": 40}))["truncated"] is True
    # Beside rows that failed, a table has the others' columns too.
    assert outcome_row(answered(FORM, told) | {"messages": None}) == outcome_row(answered(FORM, told))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ValueError: The decoder prompt (length 9000) is longer than the maximum model length of 8192", "own"),
        ("VLLMValidationError: This model's maximum context length is 8192 tokens", "own"),
        ("RuntimeError: out of memory", "server"),
    ],
)
def test_a_row_that_failed_says_why(said, kind) -> None:
    row = outcome_row({"key": "k", "messages": [{"role": "user"}], "generated_text": "", ERROR: said})
    assert list(row) == list(COLUMNS)
    assert (row["key"], row["kind"], row["reason"]) == ("k", kind, said)


def test_a_model_that_reasons_first_is_served_instead() -> None:
    with pytest.raises(ModelError, match="serve it and give its address"):
        vllm_model("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
    assert vllm_model("Qwen/Qwen3-8B")[0] == "Qwen/Qwen3-8B"
