"""The estimate against true counts of Qwen2.5's tokenizer (taken once with the tokenizer of its GGUF file)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.conversations.texts.tokens import estimate_tokens, token_costs

TRUE = [
    (
        "Как мне правильно составить резюме, чтобы его заметили работодатели? "
        "Я работаю инженером уже десять лет и хочу сменить профессию.",
        40,
    ),
    ("请帮我写一篇关于人工智能对教育影响的文章，大约八百字。", 16),
    ("この文章を丁寧な日本語に直してください。来週の会議の準備をお願いします。", 24),
    ("이메일을 좀 더 공손하게 다시 써 주세요. 다음 주 회의에 대한 내용입니다.", 25),
    ("كيف يمكنني تعلم البرمجة بسرعة؟ أريد أن أصبح مطور تطبيقات في أقل من سنة واحدة.", 27),
    ("मुझे एक अच्छी कहानी लिखने में मदद करो जो बच्चों को पसंद आए।", 53),
    ("Hãy giúp tôi viết một lá thư xin việc bằng tiếng Anh thật hay.", 19),
    ("Pomóż mi napisać list motywacyjny do firmy zajmującej się żeglugą.", 24),
    ("I would like to know how the weather changes when warm air from the sea meets the mountains. " * 20, 381),
    ("def area(r: float) -> float:\n    return 3.14159 * r ** 2\n\nprint(area(2))\n" * 10, 300),
    ('{"name": "Widget", "price": 12.50, "tags": ["a", "b"]}\n' * 10, 250),
]


@pytest.mark.parametrize(("text", "true"), TRUE)
def test_within_a_third_of_the_truth_and_hardly_below(text: str, true: int) -> None:
    assert 0.92 * true <= estimate_tokens(text) <= 1.35 * true


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_additive_and_never_negative(a: str, b: str) -> None:
    assert token_costs(a + b).sum() == pytest.approx(token_costs(a).sum() + token_costs(b).sum())
    assert len(token_costs(a)) == len(a)
    assert estimate_tokens(a) >= (1 if a else 0)
    assert estimate_tokens("\ud800") > 0
