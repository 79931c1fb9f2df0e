"""Models that think first (through a real socket in test_client.py): who is asked what, and when it is given up."""

import asyncio
import json

import pytest

from clioscope.models.chat import ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Profile
from clioscope.models.reasoning import _closed, think
from clioscope.settings import ModelSettings

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
ASKED = ChatRequest(messages=(("user", "Why?"),), schema=SCHEMA, max_tokens=10)


def run(server, request=ASKED, tokens=50):
    settings = ModelSettings(thinking_tokens=tokens, retries=0)
    client = OpenAIClient(server.address, "tiny", settings=settings, profile=Profile(reasoning="think-tags"))

    async def ask():
        return await think(client, request)

    try:
        return asyncio.run(ask())
    finally:
        client.close()


def test_thinking_gets_its_room_and_no_grammar(server) -> None:
    server.always = server.say('<think>hm</think>{"a": 3}')
    answer, replies, truncated = run(server)
    assert (json.loads(answer), len(replies), truncated) == ({"a": 3}, 1, False)
    _, body = server.bodies[0]
    assert body["max_tokens"] == 60
    assert "response_format" not in body


def test_free_text_is_what_follows_the_thinking(server) -> None:
    server.always = server.say("<think>hm</think>Because.", "length")
    assert run(server, ChatRequest(messages=ASKED.messages))[0::2] == ("Because.", True)


@pytest.mark.parametrize(
    ("text", "finish", "said"),
    [
        ("<think>hm and hm", "length", r"thought too long \(over 50 tokens\); raise \[model\] thinking_tokens"),
        ("", "stop", "thought too long"),
        ("<think>hm</think>I would rather not.", "stop", "no answer of the required form after thinking"),
    ],
)
def test_without_an_answer_on_a_server_that_cannot_go_on_it_is_unanswered(server, text, finish, said) -> None:
    server.always = server.say(text, finish)
    with pytest.raises(Unanswered, match=said):
        run(server)


def test_a_server_that_goes_on_with_a_message_gets_the_closed_thought(server) -> None:
    server.owner = "library"
    server.script = [server.say("<think>first this", "length"), server.say('{"a": 4}')]
    settings = ModelSettings(thinking_tokens=50, retries=0)
    client = OpenAIClient(server.address, "tiny", settings=settings, profile=Profile(reasoning="think-tags"))
    try:
        found = asyncio.run(client.complete(ASKED))
    finally:
        client.close()
    assert json.loads(found.text) == {"a": 4}
    posted = [body for _, body in server.bodies]
    assert len(posted) == 2
    assert posted[1]["messages"][-1] == {"role": "assistant", "content": "<think>\nfirst this\n</think>\n\n"}


@pytest.mark.parametrize(("opened", "text"), [(True, "hm\n</think>\n\n"), (False, "<think>\nhm\n</think>\n\n")])
def test_a_thought_is_opened_once(opened, text) -> None:
    assert _closed("\nhm\n", opened=opened) == text
