"""Asking many questions: once each, in order, to the end, whatever the model does."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from clioscope.errors import ModelError
from clioscope.models.account import Account
from clioscope.models.answers import ask_all, vary
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.fake import FakeModel
from clioscope.models.ledger import Ledger
from clioscope.models.problems import Unanswered, Unreachable
from clioscope.models.store import Store, answer_key
from clioscope.settings import ModelSettings

SCHEMA = {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}


def questions(count, distinct=None):
    return [
        ChatRequest((("user", f"Question number{i % (distinct or count)}"),), schema=SCHEMA, item=f"c{i}")
        for i in range(count)
    ]


def topic(text):
    return json.loads(text)["topic"]


class Desk:
    """A store, an account and a ledger to ask with."""

    def __init__(self, path=":memory:"):
        self.store, self.account, self.ledger = Store(path), Account(), Ledger()

    def ask(self, model, requests, parse=topic, **options):
        options.setdefault("stage", "facets")
        return ask_all(model, requests, parse, store=self.store, account=self.account, ledger=self.ledger, **options)


class Scripted:
    """A model whose answers are given by a function of (request, call)."""

    id = "scripted"

    def __init__(self, answer, concurrency=1):
        self.answer, self.concurrency, self.calls = answer, concurrency, 0

    async def complete(self, request):
        self.calls += 1
        result = self.answer(request, self.calls)
        if isinstance(result, BaseException):
            raise result
        return ChatAnswer(result, 10, 5, 0.1)

    def close(self):
        pass


def test_answers_come_in_the_order_of_the_requests_and_equal_ones_are_asked_once():
    model, desk = FakeModel(concurrency=3, delay=0.001), Desk()
    asked = questions(20, distinct=7)
    answers = desk.ask(model, asked)
    assert model.calls == 7
    assert answers == [desk.ask(FakeModel(), [request])[0] for request in asked]
    assert len(set(answers)) == 7
    assert desk.account.stages["facets"].calls == 7


def test_no_more_at_once_than_asked_for():
    model = FakeModel(concurrency=50, delay=0.01)
    Desk().ask(model, questions(30), concurrency=4)
    assert model.most_at_once == 4
    model = FakeModel(concurrency=6, delay=0.01)
    Desk().ask(model, questions(30))
    assert model.most_at_once == 6


def test_the_second_run_asks_nothing(tmp_path):
    first, second = FakeModel(), FakeModel()
    answers = Desk(tmp_path / "s.db").ask(first, questions(5))
    desk = Desk(tmp_path / "s.db")
    assert desk.ask(second, questions(5)) == answers
    assert (first.calls, second.calls) == (5, 0)
    cost = desk.account.stages["facets"]
    assert (cost.calls, cost.cached, cost.prompt_tokens, cost.money) == (0, 5, 0, 0.0)


def test_nothing_to_ask():
    assert Desk().ask(FakeModel("dead"), []) == []


def test_progress_ends_at_all_of_all():
    seen = []
    Desk().ask(FakeModel(), questions(9, distinct=4), on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (9, 9)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) == 4


def test_an_unusable_answer_is_asked_again_otherwise_and_stored_under_its_own_key():
    request = questions(1)[0]
    model = Scripted(lambda asked, call: '{"topic": "bread"}' if asked.seed else "what?")
    desk = Desk()
    assert desk.ask(model, [request]) == ["bread"]
    assert model.calls == 2
    second = vary(request, 1)
    assert second.seed != request.seed and second.temperature > request.temperature
    assert second.item == request.item and second.messages == request.messages
    assert desk.store.get_answer(answer_key("scripted", request)).text == "what?"
    assert desk.store.get_answer(answer_key("scripted", second)).text == '{"topic": "bread"}'
    assert len(desk.ledger) == 0
    # a second run walks the same way through the store
    assert desk.ask(model, [request]) == ["bread"]
    assert model.calls == 2


def test_what_never_parses_is_none_and_stands_in_the_ledger_for_every_item():
    desk = Desk()
    asked = questions(4, distinct=2)
    assert desk.ask(FakeModel("nonsense"), asked, retries=1) == [None] * 4
    rows = desk.ledger.frame().rows(named=True)
    assert [row["item"] for row in rows] == ["c0", "c1", "c2", "c3"]
    assert {(row["stage"], row["attempts"]) for row in rows} == {("facets", 2)}


def test_an_empty_answer_says_so_in_the_ledger():
    desk = Desk()
    assert desk.ask(FakeModel("empty"), questions(1), retries=0) == [None]
    assert desk.ledger.failures[0].reason == "the answer is empty"


def test_a_cut_off_answer_says_so_in_the_ledger():
    class Cut(FakeModel):
        async def complete(self, request):
            return ChatAnswer('{"topic": "a', truncated=True)

    desk = Desk()
    desk.ask(Cut(), questions(1), retries=0)
    assert desk.ledger.failures[0].reason.endswith("(cut off at 256 tokens)")


def test_one_question_that_fails_leaves_the_others_alone():
    model = FakeModel(fail_every=3, concurrency=1)
    desk = Desk()
    answers = desk.ask(model, questions(9))
    assert [answer is None for answer in answers] == [False, False, True] * 3
    assert model.calls == 9  # the client has retried: it is not asked again here
    assert [failure.item for failure in desk.ledger.failures] == ["c2", "c5", "c8"]


def test_a_fatal_error_ends_the_run_at_once():
    model = Scripted(lambda request, call: ModelError("the key is refused"))
    with pytest.raises(ModelError, match="the key is refused"):
        Desk().ask(model, questions(9))
    assert model.calls == 1


def test_a_dead_server_ends_the_run_and_what_was_finished_is_stored():
    model, desk = FakeModel(die_after=12, concurrency=2), Desk()
    with pytest.raises(ModelError, match=r"stopped answering.*; 12 of 40 answers are stored; run the same command"):
        desk.ask(model, questions(40))
    assert desk.store.counts()["answers"] == 12
    assert model.calls <= 12 + 6
    well = FakeModel()
    assert None not in desk.ask(well, questions(40))
    assert well.calls == 28


def test_a_server_that_is_not_there_is_noticed_with_the_first_question():
    model = FakeModel("dead", concurrency=1)
    with pytest.raises(ModelError, match="0 of 40 answers are stored"):
        Desk().ask(model, questions(40))
    assert model.calls == 1


def test_a_server_that_dies_with_the_last_questions_is_not_taken_for_answers():
    with pytest.raises(ModelError, match="2 of 3 answers are stored"):
        Desk().ask(FakeModel(die_after=2, concurrency=1), questions(3))


def test_a_long_run_of_questions_that_the_model_refuses_is_not_a_dead_server():
    model = Scripted(lambda request, call: Unanswered("too long"))
    assert Desk().ask(model, questions(20)) == [None] * 20


def test_timeouts_now_and_then_do_not_end_the_run_but_five_in_a_row_do():
    now_and_then = Scripted(lambda r, call: Unanswered("late", server=True) if call % 2 else '{"topic": "x"}')
    answers = Desk().ask(now_and_then, questions(20))
    assert sum(answer is None for answer in answers) == 10
    always = Scripted(lambda request, call: Unanswered("late", server=True))
    with pytest.raises(ModelError, match="0 of 20"):
        Desk().ask(always, questions(20))
    assert always.calls == 5


def test_unreachable_now_and_then_goes_to_the_ledger():
    model = Scripted(lambda r, call: Unreachable("reset") if call % 3 == 2 else '{"topic": "x"}')
    desk = Desk()
    assert sum(answer is None for answer in desk.ask(model, questions(9))) == 3
    assert len(desk.ledger) == 3


def test_a_real_server_that_dies_half_way_and_comes_back(server):
    answer = server.say('{"topic": "bread"}')
    server.script = [answer] * 5 + [server.die]
    settings = ModelSettings(retries=1)
    desk = Desk()
    model = OpenAIClient(server.address, "tiny", settings=settings, concurrency=1, first_wait=0.001)
    with pytest.raises(ModelError, match="5 of 20 answers are stored"):
        desk.ask(model, questions(20))
    assert desk.store.counts()["answers"] == 5


def test_inside_a_running_loop_as_in_a_notebook(server):
    server.always = server.say('{"topic": "bread"}')
    model = OpenAIClient(server.address, "tiny")

    async def cell():
        desk = Desk()
        return desk.ask(model, questions(3)), desk.ask(model, questions(6))

    assert asyncio.run(cell()) == (["bread"] * 3, ["bread"] * 6)
    # and the same client outside
    assert Desk().ask(model, questions(2)) == ["bread"] * 2


def test_errors_reach_a_running_loop_too():
    async def cell():
        Desk().ask(FakeModel("dead"), questions(9))

    with pytest.raises(ModelError, match="stopped answering"):
        asyncio.run(cell())


def test_a_mistake_in_parse_is_not_swallowed():
    def parse(text):
        raise KeyError("bug")

    with pytest.raises(KeyError, match="bug"):
        Desk().ask(FakeModel(), questions(3), parse)


WORKER = """
import sys, json
from clioscope.models.account import Account
from clioscope.models.answers import ask_all
from clioscope.models.chat import ChatRequest
from clioscope.models.fake import FakeModel
from clioscope.models.ledger import Ledger
from clioscope.models.store import Store

model = FakeModel(delay=0.02, concurrency=2)
requests = [ChatRequest((("user", f"Question number{i}"),), item=f"c{i}") for i in range(int(sys.argv[2]))]
def told(done, total):
    print(done, flush=True)
answers = ask_all(model, requests, str, store=Store(sys.argv[1]), account=Account(), ledger=Ledger(), stage="s",
                  on_progress=told)
print("calls", model.calls, len(answers), flush=True)
"""


def start(path, count):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), str(count)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_killed_at_any_moment_no_answer_is_lost_and_none_asked_twice(tmp_path):
    """kill -9 three times, then to the end: what was reported done is never asked again."""
    path, count, reported = tmp_path / "s.db", 60, 0
    for _ in range(3):
        before = Store(path).counts()["answers"]
        process = start(path, count)
        for line in process.stdout:
            reported = int(line)
            if reported >= before + 8:
                break
        process.kill()
        process.wait()
        with Store(path) as store:
            assert reported <= store.counts()["answers"] < count
    with Store(path) as store:
        before = store.counts()["answers"]
    out, _ = start(path, count).communicate()
    assert out.splitlines()[-1] == f"calls {count - before} {count}"


def test_interrupted_the_store_is_whole(tmp_path):
    path = tmp_path / "s.db"
    process = start(path, 2000)
    for line in process.stdout:
        if int(line) >= 5:
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode not in (0, -signal.SIGKILL)
    assert "KeyboardInterrupt" in errors
    with Store(path) as store:
        done = store.counts()["answers"]
    assert 5 <= done < 2000


def test_interrupting_a_notebook_cell_stops_the_questions():
    model = FakeModel(delay=0.05, concurrency=1)
    desk = Desk()

    def interrupt():
        """Once questions are asked: this thread then only waits, so that nothing else can swallow the interrupt."""
        while model.calls < 3:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    async def cell():
        threading.Thread(target=interrupt, daemon=True).start()
        try:
            desk.ask(model, questions(400))
        except KeyboardInterrupt:
            return "stopped"

    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(cell()) == "stopped"
        loop.close()
    finally:
        signal.signal(signal.SIGINT, previous)
    calls = model.calls
    time.sleep(0.2)
    assert model.calls == calls < 400
    assert not [thread for thread in threading.enumerate() if thread.name == "clioscope-ask"]


def test_the_item_does_not_make_a_question_another():
    request = questions(1)[0]
    assert answer_key("m", request) == answer_key("m", replace(request, item="other"))


def half_way(server, count, then):
    """Answers ``count`` questions, then does ``then`` to all."""
    server.script = [server.say('{"topic": "bread"}')] * count
    server.always = then


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_refusal_half_way_stops_with_the_providers_words_and_only_the_rest_is_asked_later(server, status):
    half_way(server, 7, server.refuse(status, "the model or your money is gone"))
    desk = Desk()
    with pytest.raises(ModelError) as caught:
        desk.ask(OpenAIClient(server.address, "tiny", concurrency=3), questions(20))
    assert "the model or your money is gone" in str(caught.value)
    assert "7 of 20 answers are stored, and the same command asks the rest" in str(caught.value)
    assert len(server.bodies) <= 7 + 3
    assert desk.store.counts()["answers"] == 7
    server.bodies.clear()
    half_way(server, 0, server.say('{"topic": "bread"}'))
    assert desk.ask(OpenAIClient(server.address, "tiny", concurrency=3), questions(20)) == ["bread"] * 20
    assert len(server.bodies) == 13


def test_answers_in_flight_are_kept_when_the_run_ends(server):
    def slow(handler, body):
        time.sleep(0.2)
        server.say('{"topic": "bread"}')(handler, body)

    server.script = [server.say('{"topic": "bread"}'), slow, slow, server.refuse(402)]
    server.always = server.refuse(402)
    desk = Desk()
    with pytest.raises(ModelError, match="3 of 20 answers are stored"):
        desk.ask(OpenAIClient(server.address, "tiny", concurrency=4), questions(20))
    assert desk.store.counts()["answers"] == 3


@pytest.mark.parametrize("count", [2, 20])
def test_words_that_nobody_knows_stop_it_too_when_any_question_is_refused(server, count):
    half_way(server, 1, server.refuse(400, "The workspace is locked."))
    desk = Desk()
    with pytest.raises(ModelError, match=r"refuses whatever it is asked: .*The workspace is locked.*; 1 of"):
        desk.ask(OpenAIClient(server.address, "tiny", concurrency=1), questions(count))
    assert len(server.bodies) == 1 + min(5, count - 1) + 1
    half_way(server, 0, server.say('{"topic": "bread"}'))
    assert desk.ask(OpenAIClient(server.address, "tiny"), questions(count)) == ["bread"] * count


def test_refusals_of_the_questions_own_go_to_the_ledger_and_are_not_asked_again(server):
    def step(handler, body):
        bad = "number1" in body["messages"][-1]["content"]
        (server.refuse(400, "bad characters") if bad else server.say('{"topic": "bread"}'))(handler, body)

    server.always = step
    desk = Desk()
    model = OpenAIClient(server.address, "tiny", concurrency=1)
    assert desk.ask(model, questions(20)).count(None) == 11
    assert len(server.bodies) == 20 + 2  # a harmless question after five refusals in a row, and one at the end
    server.bodies.clear()
    assert desk.ask(model, questions(20)).count(None) == 11
    assert server.bodies == []
    assert {failure.reason for failure in desk.ledger.failures} == {"the server refused the question (bad characters)."}
    assert not any(failure.server for failure in desk.ledger.failures)


def test_only_what_failed_by_the_servers_fault_is_asked_again(server):
    bad_days = [
        server.say("", "content_filter"),
        server.refuse(500),
        server.give({"error": {"message": "upstream", "code": 502}}),
        server.give({"choices": []}),
        server.drop,
        server.refuse(400, "maximum context length is 9 tokens"),
    ]
    good = server.say('{"topic": "bread"}')
    server.script = [step for bad in bad_days for step in (good, bad)]
    server.always = good
    settings = ModelSettings(retries=0)
    desk = Desk()
    answers = desk.ask(OpenAIClient(server.address, "tiny", settings=settings, concurrency=1), questions(14))
    assert answers.count(None) == 6
    assert [failure.server for failure in desk.ledger.failures] == [False, True, True, True, True, False]
    server.bodies.clear()
    later = Desk()
    later.store = desk.store
    answers = later.ask(OpenAIClient(server.address, "tiny", settings=settings, concurrency=1), questions(14))
    assert answers.count(None) == 2
    assert len(server.bodies) == 4
    assert ["filter" in one.reason or "context" in one.reason for one in later.ledger.failures] == [True, True]


def test_more_room_for_thoughts_is_another_question():
    class Thinker(Scripted):
        settings = ModelSettings(thinking_tokens=50)

    model, desk = Thinker(lambda request, call: Unanswered("thought too long")), Desk()
    desk.ask(model, questions(1))
    desk.ask(model, questions(1))
    assert model.calls == 1
    model.settings = ModelSettings(thinking_tokens=500)
    desk.ask(model, questions(1))
    assert model.calls == 2


def test_rate_limits_end_no_run(server):
    server.script = [server.refuse(429, headers={"retry-after-ms": "2"})] * 9
    server.always = server.say('{"topic": "bread"}')
    model = OpenAIClient(server.address, "tiny", settings=ModelSettings(retries=0), first_wait=0.0001)
    assert Desk().ask(model, questions(12)) == ["bread"] * 12
    assert len(server.bodies) == 21
