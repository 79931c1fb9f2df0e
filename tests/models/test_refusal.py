"""What a server's 400 means."""

import pytest

from clioscope.models.profile import Habits
from clioscope.models.refusal import adapt, is_too_long


@pytest.mark.parametrize(
    ("message", "long"),
    [
        ("This model's maximum context length is 8192 tokens.", True),
        ("the request exceeds the available context size, try increasing it", True),
        ('{"type": "exceed_context_size_error"}', True),
        ("prompt is too long: 9000 tokens", True),
        ("input (9000 tokens) is too large to process", True),
        ("too many tokens in the request", True),
        ("model not found", False),
        ("max_tokens must be at least 1", False),
        ("your name is too long", False),
    ],
)
def test_too_long_for_the_context(message, long) -> None:
    assert is_too_long(message) is long


BODY = {"max_tokens": 9, "seed": 1, "top_k": 3, "temperature": 0.0, "response_format": {}}


@pytest.mark.parametrize(
    ("message", "body", "learnt"),
    [
        (
            "Unsupported parameter: use 'max_completion_tokens' instead of 'max_tokens'.",
            BODY,
            Habits(renamed={"max_tokens": "max_completion_tokens"}),
        ),
        ("Unknown field: top_k", BODY, Habits(dropped={"top_k"})),
        ("'Seed' is not supported", BODY, Habits(dropped={"seed"})),
        ("the seeds are sown", BODY, Habits()),
        ("cache_prompt is unknown", BODY, Habits()),
        ("response_format is not supported", BODY, Habits(plain_json=True)),
        ("failed to parse grammar", BODY | {"grammar": "x"}, Habits(plain_json=True)),
        ("response_format is not supported", {"max_tokens": 9}, Habits()),
        ("no chat template is defined for this tokenizer", {"max_tokens": 9}, Habits(endpoint="completion")),
        ("something else", BODY, Habits()),
        ("max_tokens is too large: 9000. At most 4,096 are supported", {"max_tokens": 9000}, Habits(limit=4096)),
        ("the valid range of max_tokens is [1, 8192]", {"max_tokens": 9000}, Habits(limit=8192)),
        ("max_tokens: 9000 > 4096, which is the maximum", {"max_tokens": 9000}, Habits(limit=4096)),
        ("max_completion_tokens too high", {"max_completion_tokens": 9000}, Habits(limit=2250)),
        ("needs fewer max_tokens: you can only afford 500", {"max_tokens": 9000}, Habits(limit=500)),
        ("max_tokens must be at least 1", {"max_tokens": 9000}, Habits()),
        ("Unknown parameter: max_tokens", BODY, Habits(renamed={"max_tokens": "max_completion_tokens"})),
        (
            "Unknown parameter: max_completion_tokens",
            {"max_completion_tokens": 9},
            Habits(dropped={"max_completion_tokens"}),
        ),
        ("System role not supported", {"messages": [{"role": "system"}]}, Habits(no_system=True)),
        ("System role not supported", {"messages": [{"role": "user"}]}, Habits()),
    ],
)
def test_what_is_learnt_from_a_refusal(message, body, learnt) -> None:
    habits = Habits()
    adapt(message, body, habits)
    assert habits == learnt


def test_habits_only_grow() -> None:
    habits = Habits(dropped={"seed"}, plain_json=True)
    adapt("top_k is unknown", BODY, habits)
    assert habits == Habits(dropped={"seed", "top_k"}, plain_json=True)
