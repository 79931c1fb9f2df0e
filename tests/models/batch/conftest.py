"""A list of waiting questions, its store, and replies to them."""

import json
from types import SimpleNamespace

import pytest

from clioscope.models.batch.client import BatchClient
from clioscope.models.batch.waitlist import Waitlist
from clioscope.models.chat import ChatRequest
from clioscope.models.store import Store, answer_key
from clioscope.settings import ModelSettings

FORM = {
    "type": "object",
    "properties": {"topic": {"type": "string", "maxLength": 40}},
    "required": ["topic"],
    "additionalProperties": False,
}


def requests(count, schema=FORM):
    return [
        ChatRequest((("system", "Be brief."), ("user", f"Question {n}?")), schema, 30, item=f"c{n}")
        for n in range(count)
    ]


class Waiting(SimpleNamespace):
    """``waitlist`` and ``store``; ``model`` is the id of the model, ``keys`` those of the questions."""

    def ask(self, count, stage="facets", schema=FORM, name="http://host/v1 tiny", **settings):
        chosen = ModelSettings(name=name, **settings)
        self.model = BatchClient(chosen).id
        self.waitlist.put_model(self.model, chosen)
        self.waitlist.begin_round([])
        self.asked = requests(count, schema)
        self.waitlist.add(stage, self.model, ((one, 0, 1) for one in self.asked))
        self.keys = [answer_key(self.model, one) for one in self.asked]

    def answer(self, number, text='{"topic": "bread"}', finish="stop", **message):
        body = {
            "choices": [{"message": {"content": text, **message}, "finish_reason": finish}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2},
        }
        return self.reply(number, {"status_code": 200, "body": body})

    def reply(self, number, response, error=None):
        key = self.keys[number] if isinstance(number, int) else number
        return {"id": f"b{number}", "custom_id": key, "response": response, "error": error}

    def write(self, *rows, name="answers.jsonl"):
        path = self.folder / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        return path


@pytest.fixture
def waiting(tmp_path):
    with Waitlist(tmp_path / "waiting.sqlite") as waitlist, Store(tmp_path / "answers.sqlite") as store:
        yield Waiting(waitlist=waitlist, store=store, folder=tmp_path)
