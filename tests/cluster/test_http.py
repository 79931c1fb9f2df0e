"""What an actor asks, and when it stops; the session that Ray's HTTP processor gets."""

import asyncio
import json

from clioscope.cluster.http import Asking, Session, answered, payload
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.problems import Refusing, Unanswered, Unreachable
from clioscope.settings import ModelSettings

FORM = ChatRequest((("system", "Say."), ("user", "")), schema={"type": "object"})


class Model:
    """Says what the question says, or raises what ``faults`` hold for it; counts how many it gets at once."""

    id = "model"

    def __init__(self, faults=(), concurrency=2) -> None:
        self.faults, self.concurrency = dict(faults), concurrency
        self.asked: list[str] = []
        self.inside = self.most = 0

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        text = request.messages[-1][1]
        self.asked.append(text)
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.001)
        self.inside -= 1
        for word, fault in self.faults.items():
            if word in text:
                raise fault
        return ChatAnswer(text)

    def close(self) -> None:
        pass


def ask(model, texts):
    async def all_of_them():
        asking = Asking(model)
        return await asyncio.gather(*(asking.ask(text, ChatRequest((("user", text),))) for text in texts))

    return asyncio.run(all_of_them())


def test_no_more_at_once_than_told_and_each_by_its_key() -> None:
    model = Model(concurrency=3)
    outcomes = ask(model, [f"q{number}" for number in range(12)])
    assert [one.key for one in outcomes] == [one.answer.text for one in outcomes] == model.asked
    assert model.most == 3


def test_a_run_of_failures_ends_the_asking_and_failures_among_answers_do_not() -> None:
    gone = {"bad": Unanswered("out of order", server=True)}
    model = Model(gone, concurrency=4)
    outcomes = ask(model, [f"bad {number}" for number in range(40)])
    assert {one.kind for one in outcomes} == {"server"} and 8 <= len(model.asked) <= 12
    assert {one.reason for one in outcomes} == {"out of order"}
    model = Model(gone, concurrency=4)
    outcomes = ask(model, [f"{'bad' if number % 4 else 'fine'} {number}" for number in range(40)])
    assert len(model.asked) == 40 and sum(one.kind == "answer" for one in outcomes) == 10


def test_a_refusal_of_everything_ends_it_at_once() -> None:
    model = Model({"q": Refusing("the key is refused")}, concurrency=1)
    assert {(one.kind, one.reason) for one in ask(model, ["q1", "q2", "q3"])} == {("lasting", "the key is refused")}
    assert model.asked == ["q1"]


def test_faults_of_one_question_stay_with_it() -> None:
    faults = {"long": Unanswered("too long"), "no": Unanswered("no", refused=True), "away": Unreachable("gone")}
    model = Model({**faults, "odd": KeyError("x")})
    outcomes = ask(model, ["long", "no", "away", "fine"])
    assert [one.kind for one in outcomes] == ["own", "refused", "server", "answer"]


def test_the_session_speaks_both_ways_in_which_ray_posts(monkeypatch) -> None:
    model = Model()
    monkeypatch.setattr("clioscope.models.open.open_model", lambda settings: model)
    sent = payload({"key": "k", "text": "one"})["payload"]

    async def both():
        async with Session(ModelSettings(name="http://127.0.0.1:9/v1 two ways"), FORM) as session:
            first = session.post("http://x", headers={}, json=sent)  # earlier versions of Ray
            second = session.post("http://x", headers={}, data=json.dumps({**sent, "text": "two"}))
            async with await first as reply:
                told = reply.status, await reply.json()
            async with second as reply:
                return told, await reply.json()

    (status, row), other = asyncio.run(both())
    assert status == 200 and (row["key"], row["kind"], row["text"]) == ("k", "answer", "one")
    assert answered({"http_response": other}) == other and other["text"] == "two"
