"""Answers of a batch, read back."""

import gzip
import json

import pytest

from clioscope.errors import InputError
from clioscope.models.batch.state import state_of
from clioscope.models.batch.take import take_answers
from clioscope.models.store import refusal_key

GONE = {"code": "batch_expired", "message": "too late"}


def take(waiting, *paths):
    return take_answers(waiting.waitlist, waiting.store, paths)


def test_answers_are_stored_as_the_plain_client_reads_them(waiting) -> None:
    waiting.ask(3)
    taken = take(
        waiting,
        waiting.write(
            waiting.answer(2),
            waiting.answer(0, '<think>hm</think>\n{"topic": "tea"}'),
        ),
    )
    assert (taken.lines, taken.stored) == (2, 2)
    tea = waiting.store.get_answer(waiting.keys[0])
    assert (tea.text, tea.prompt_tokens, tea.completion_tokens, tea.seconds) == ('{"topic": "tea"}', 3, 2, 0.0)
    assert waiting.store.get_answer(waiting.keys[1]) is None
    assert str(state_of(waiting.waitlist, waiting.store)["facets"]) == "2 of 0 answered, 1 waiting"
    assert waiting.store.keep_answers(["c2"]) == 1  # the store knows what each is about


def test_a_second_reading_changes_nothing(waiting) -> None:
    waiting.ask(3)
    path = waiting.write(waiting.answer(0), waiting.reply(1, None, GONE), waiting.answer(2, "nonsense"))
    first, second = take(waiting, path), take(waiting, path, path)
    assert (first.stored, first.unusable, first.failed) == (1, 1, 1)
    assert (second.known, second.repeated, second.lines) == (4, 2, 6)
    assert not second.failures and not second.reasons


def test_an_answer_wins_over_a_failure_in_either_order(waiting) -> None:
    waiting.ask(2)
    rows = (waiting.answer(0), waiting.reply(0, None, GONE), waiting.reply(1, None, GONE), waiting.answer(1))
    taken = take(waiting, waiting.write(*rows))
    assert (taken.stored, taken.known, taken.failed) == (2, 1, 1)
    assert waiting.waitlist.faults() == {}
    assert taken.settled == {("facets", "c0"), ("facets", "c1")}


def test_each_failure_has_its_reason_and_says_who_is_to_blame(waiting) -> None:
    waiting.ask(8)
    bad = {"status_code": 400, "body": {"error": {"message": "Invalid text."}}}
    late = {"status_code": 429, "body": {"error": {"message": "Rate limit."}}}
    down = {"status_code": 500, "body": {"error": {"message": "Broken."}}}
    rows = (
        waiting.answer(0),
        waiting.reply(1, None, GONE),
        waiting.reply(2, bad),
        waiting.reply(3, late),
        waiting.reply(4, down),
        waiting.answer(5, "", "content_filter"),
        waiting.answer(6, None, refusal="I will not."),
        waiting.answer(7, '{"topic": "br', "length"),
    )
    taken = take(waiting, waiting.write(*rows))
    assert (taken.stored, taken.failed, taken.unusable) == (1, 6, 1)
    blamed = {one.item: (one.server, one.reason) for one in taken.failures}
    assert [item for item, (server, _) in sorted(blamed.items()) if server] == ["c1", "c3", "c4"]
    for item, words in {
        "c1": "batch_expired: too late",
        "c2": "Invalid text",
        "c3": "Rate limit",
        "c4": "Broken",
        "c5": "content_filter",
        "c6": "I will not",
        "c7": "cut off at 30 tokens",
    }.items():
        assert words in blamed[item][1]
    settings = waiting.waitlist.models()[waiting.model][0]
    kept = {n for n, key in enumerate(waiting.keys) if waiting.store.get_refusal(refusal_key(key, settings))}
    assert kept == {2, 5, 6}
    assert waiting.store.get_answer(waiting.keys[7]).truncated
    tally = state_of(waiting.waitlist, waiting.store)["facets"]
    assert (tally.answered, tally.waiting, tally.again) == (2, 6, 4)


def test_a_service_that_refuses_every_question_is_to_blame_itself(waiting) -> None:
    waiting.ask(2)
    bad = {"status_code": 400, "body": {"error": {"message": "This endpoint is closed to you."}}}
    take(waiting, waiting.write(waiting.reply(0, bad), waiting.reply(1, bad)))
    settings = waiting.waitlist.models()[waiting.model][0]
    assert [waiting.store.get_refusal(refusal_key(key, settings)) for key in waiting.keys] == [None, None]
    assert set(waiting.waitlist.faults()) == set(waiting.keys)


@pytest.mark.parametrize(
    "words", ["Incorrect API key provided.", "The model `tiny` does not exist.", "No more credits"]
)
def test_what_holds_for_every_question_settles_none(waiting, words) -> None:
    waiting.ask(1)
    take(waiting, waiting.write(waiting.reply(0, {"status_code": 401, "body": {"error": {"message": words}}})))
    (fault,) = waiting.waitlist.faults().values()
    assert fault.server and words.rstrip(".") in fault.reason


def test_broken_lines_are_named_and_the_others_are_read(waiting) -> None:
    waiting.ask(2)
    odd = waiting.answer(1)
    odd["response"]["body"]["choices"] = [7]
    path = waiting.write("{", "", waiting.answer(0), '{"custom_id": "k", "response": {"status_code": "x"}}', odd)
    taken = take(waiting, path)
    assert taken.stored == 1 and taken.lines == 4
    assert str(taken.broken[0]).startswith(f"{path}, line 1: the line is no JSON")
    assert str(taken.broken[1]) == f"{path}, line 4: response.status_code is no whole number"
    assert taken.failed + len(taken.broken) == 3  # the odd one failed, or is broken; it is not lost


def test_lines_of_other_runs_are_counted_and_left(waiting) -> None:
    waiting.ask(1)
    taken = take(waiting, waiting.write(waiting.answer("another-key"), waiting.answer(0)))
    assert (taken.others, taken.stored) == (1, 1)


def test_an_answer_is_read_with_the_habits_of_its_question(waiting) -> None:
    """All replies of a batch speak of the form that was sent, whatever the first of them taught."""
    waiting.ask(3)
    bad = {"status_code": 400, "body": {"error": {"message": "Unsupported parameter: 'max_tokens' is not supported."}}}
    taken = take(waiting, waiting.write(*(waiting.reply(n, bad) for n in range(3))))
    assert (taken.failed, taken.reformed) == (3, 3)
    _, (_, habits) = waiting.waitlist.models()[waiting.model]
    assert (habits.renamed, habits.dropped) == ({"max_tokens": "max_completion_tokens"}, set())


def test_a_model_that_thinks_is_noticed(waiting) -> None:
    waiting.ask(1)
    taken = take(waiting, waiting.write(waiting.answer(0, "<think>Let me see, the user", "length")))
    assert (taken.failed, taken.reformed) == (1, 1)
    _, (_, habits) = waiting.waitlist.models()[waiting.model]
    assert habits.thinks


def test_packed_files_and_files_that_cannot_be_read(waiting, tmp_path) -> None:
    waiting.ask(2)
    packed = tmp_path / "answers.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(waiting.answer(0)).encode()))
    assert take(waiting, packed).stored == 1
    with pytest.raises(InputError, match="there is no such file"):
        take(waiting, tmp_path / "none.jsonl")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(json.dumps(waiting.answer(1)).encode() * 1000)[:-9])
    with pytest.raises(InputError, match="cannot be read"):
        take(waiting, cut)
    with pytest.raises(InputError, match="cannot be read"):
        take(waiting, tmp_path)
