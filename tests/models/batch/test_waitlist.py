"""The list of questions that wait."""

import pytest

from clioscope.errors import AtlasError
from clioscope.models.batch.waitlist import FailedReply, Tally, Waitlist
from clioscope.models.chat import ChatRequest


def test_a_question_comes_back_as_it_was(waiting) -> None:
    request = ChatRequest(
        (("system", "S"), ("user", "a"), ("assistant", "b"), ("user", "c\n\u2028ж")),
        {"type": "object", "properties": {"z": {}, "a": {}}},
        77,
        0.25,
        0.5,
        3,
        "pre",
        "item",
    )
    waiting.ask(1)
    waiting.waitlist.add("names", "m", [(request, 2, 4)])
    (question,) = waiting.waitlist.questions("names")
    assert question.request == request and list(question.request.schema["properties"]) == ["z", "a"]
    assert (question.stage, question.model, question.attempt) == ("names", "m", 2)
    assert list(waiting.waitlist.items())[1][2] == 4


def test_the_text_that_questions_share_is_kept_once(waiting) -> None:
    waiting.ask(1)
    shared = "instructions " * 10_000
    many = [(ChatRequest((("system", shared), ("user", f"q{n}"))), 0, 1) for n in range(500)]
    waiting.waitlist.add("facets", "m", many)
    assert waiting.waitlist.path.stat().st_size < 3 * len(shared)
    assert sum(1 for _ in waiting.waitlist.questions()) == 501


def test_a_new_round_keeps_what_has_no_answer_and_shows_only_its_own(waiting) -> None:
    waiting.ask(4)
    waiting.waitlist.begin_round(waiting.keys[:1])
    assert list(waiting.waitlist.questions()) == []
    assert set(waiting.waitlist.find(waiting.keys)) == set(waiting.keys[1:])
    waiting.waitlist.add("facets", waiting.model, [(waiting.asked[2], 0, 1)])
    assert [one.key for one in waiting.waitlist.questions()] == [waiting.keys[2]]


def test_it_outlives_its_process(waiting) -> None:
    waiting.ask(2)
    waiting.waitlist.note({waiting.keys[0]: FailedReply("late", True)}, [], ["line"])
    waiting.waitlist.put_tallies({"facets": Tally(5, 2, 1, 2, 1)})
    with Waitlist(waiting.waitlist.path) as other:
        assert [one.key for one in other.questions()] == waiting.keys
        assert other.faults() == {waiting.keys[0]: FailedReply("late", True)}
        assert other.was_read("line") and not other.was_read("another")
        assert other.tallies() == {"facets": Tally(5, 2, 1)}


def test_a_file_that_is_no_list(tmp_path) -> None:
    path = tmp_path / "waiting.sqlite"
    path.write_text("no database, but long enough to be one " * 20)
    with pytest.raises(AtlasError, match="the list of waiting questions cannot be used"):
        Waitlist(path)


def test_how_far_a_stage_is() -> None:
    assert str(Tally(400, 312, 3, 85, 5)) == "312 of 400 answered, 8 failed, 85 waiting"
    assert str(Tally(4, 4)) == "4 of 4 answered"
