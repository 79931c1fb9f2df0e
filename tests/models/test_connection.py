"""Requests against a real socket: what ends a run, what is waited for, and where the API is."""

import asyncio
import time
from email.utils import formatdate

import pytest

from clioscope.models.chat import ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.pace import Pace
from clioscope.models.problems import Refusing, Unanswered, Unreachable
from clioscope.settings import ModelSettings

PLAIN = ChatRequest((("user", "Hello?"),), max_tokens=20)


def client_of(server, address=None, **settings):
    pace = Pace(patience=0.0, first_wait=0.001)
    settings.setdefault("retries", 2)
    return OpenAIClient(
        address or server.address, "tiny", settings=ModelSettings(**settings), first_wait=0.001, pace=pace
    )


def ask(server, address=None, count=1, **settings):
    client = client_of(server, address, **settings)

    async def all_of_them():
        return await asyncio.gather(*(client.complete(PLAIN) for _ in range(count)))

    return [answer.text for answer in asyncio.run(all_of_them())]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda s: s.refuse(402, "Insufficient Balance"), r"no credit left \(402: Insufficient Balance\)"),
        (lambda s: s.refuse(429, "Pay.", code="insufficient_quota"), r"no credit left \(429: Pay"),
        (lambda s: s.refuse(401, "Revoked."), r"refuses the key \(401: Revoked"),
        (lambda s: s.refuse(404, "The model `tiny` does not exist", code="model_not_found"), "404: The model `tiny`"),
        (lambda s: s.give({"error": {"message": "Insufficient credits", "code": 402}}), "402: Insufficient credits"),
    ],
)
def test_what_is_the_same_for_every_question_is_asked_once(server, step, words):
    server.always = step(server)
    with pytest.raises(Refusing, match=words):
        ask(server, count=9)
    assert len(server.bodies) == 1


def test_a_client_is_as_good_as_new_when_it_is_asked_again(server):
    server.script = [server.refuse(402)]
    client = client_of(server)

    async def turn():
        try:
            return (await client.complete(PLAIN)).text
        finally:
            await client.release()

    with pytest.raises(Refusing):
        asyncio.run(turn())
    assert asyncio.run(turn()) == "hello"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Retry-After": "0.01"},
        {"retry-after-ms": "10"},
        {"Retry-After": formatdate(time.time() - 5, usegmt=True)},
        {"x-ratelimit-reset-requests": "10ms"},
    ],
)
def test_rate_limits_cost_no_retry(server, headers):
    server.script = [server.refuse(429, headers=headers)] * 6
    assert ask(server, retries=0) == ["hello"]
    assert len(server.bodies) == 7


def test_one_pause_for_all_as_long_as_the_server_says(server):
    pauses = []
    server.script = [server.say("hello"), server.refuse(429, "Please try again in 0.2s.")]
    client = client_of(server)
    client.pace.pause = lambda seconds, why: (pauses.append(seconds), Pace.pause(client.pace, seconds, why))

    async def main():
        await client.complete(PLAIN)
        return await asyncio.gather(*(client.complete(PLAIN) for _ in range(8)))

    assert len(asyncio.run(main())) == 8
    assert pauses == [0.2]
    assert len(server.bodies) == 1 + 8 + 1


@pytest.mark.parametrize("status", [503, 529])
def test_an_overloaded_server_pauses_all_and_costs_a_retry(server, status):
    server.always = server.refuse(status, "Overloaded", {"Retry-After": "0.01"})
    with pytest.raises(Unanswered, match=f"answered {status} \\(Overloaded") as caught:
        ask(server, retries=2)
    assert caught.value.server
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "Upstream error: overloaded", "code": 502}}, r"answered 502 \(Upstream error"),
        ({"error": {"message": "who knows"}}, r"gave no answer \(who knows"),
        ({"id": "gen-1", "choices": []}, "no choices"),
        ({"id": "gen-1"}, "no choices"),
    ],
)
def test_errors_with_status_200_are_retried_and_the_servers_fault(server, body, words):
    server.script = [server.give(body)] * 2
    assert ask(server) == ["hello"]
    server.always = server.give(body)
    with pytest.raises(Unanswered, match=words) as caught:
        ask(server)
    assert caught.value.server


def test_rate_limits_with_status_200_are_given_up_in_the_end(server):
    server.always = server.give({"error": {"message": "limited upstream", "code": 429}})
    with pytest.raises(Unanswered, match=r"nothing but rate limits \(429: limited upstream") as caught:
        ask(server)
    assert caught.value.server


def test_a_page_instead_of_an_api_is_told_at_once_and_a_page_in_between_is_waited_for(server):
    server.always = server.page
    with pytest.raises(Refusing, match=r'the page "Sign in"\); this is not the address of an API; most end in /v1'):
        ask(server)
    assert len(server.bodies) == 1
    server.always = server.say("hello")
    server.script = [server.say("hello"), server.page, server.page]
    client = client_of(server)

    async def twice():
        return [(await client.complete(PLAIN)).text for _ in range(2)]

    assert asyncio.run(twice()) == ["hello"] * 2


def test_a_connection_that_is_lost_again_and_again_is_unreachable(server):
    server.always = server.drop
    with pytest.raises(Unreachable, match="nobody answers"):
        ask(server)
    assert len(server.bodies) == 3


def only_at(server, path):
    """Answers at one path, as a server whose other pages are missing."""
    missing = server.refuse(404, "404 page not found")
    return lambda handler, body: (server.say("hello") if handler.path == path else missing)(handler, body)


@pytest.mark.parametrize("place", ["/v1", "/api/v1", "/openai/v1"])
def test_a_forgotten_version_is_found_by_the_first_question(server, place):
    server.lists = False
    server.always = only_at(server, f"{place}/chat/completions")
    assert ask(server, server.address.removesuffix("/v1"), count=5) == ["hello"] * 5
    tried = ["", "/v1", "/api/v1", "/openai/v1"].index(place)
    assert len(server.bodies) == 5 + tried


def test_a_forgotten_version_is_found_by_the_list_of_models(server):
    server.always = only_at(server, "/v1/chat/completions")
    assert ask(server, server.address.removesuffix("/v1") + "/", count=5) == ["hello"] * 5
    assert len(server.bodies) == 5


def test_an_address_that_is_no_api_gets_the_hint(server):
    server.lists = False
    server.always = server.refuse(404, "404 page not found")
    address = server.address.removesuffix("/v1")
    with pytest.raises(
        Refusing, match=r"404 page not found\); this is not the address of an API; most end in /v1"
    ) as caught:
        ask(server, address)
    assert str(caught.value).startswith(f"{address}: ")


@pytest.mark.parametrize("end", ["", "/chat/completions"])
def test_an_azure_deployment_gets_its_query_and_its_key(server, monkeypatch, end):
    monkeypatch.setenv("CLIOSCOPE_API_KEY", "secret")
    path = "/openai/deployments/small/chat/completions?api-version=2024-06-01"
    server.always = only_at(server, path)
    host = server.address.removesuffix("/v1")
    assert ask(server, f"{host}/openai/deployments/small{end}?api-version=2024-06-01", count=3) == ["hello"] * 3
    assert [one for one, _ in server.bodies] == [path] * 3
    assert {(one["api-key"], one["authorization"]) for one in server.headers} == {("secret", "Bearer secret")}
    assert server.gets == []  # a deployment lists nothing


def test_the_key_goes_in_one_header_elsewhere(server):
    ask(server)
    assert "api-key" not in server.headers[0]


def test_a_filter_of_azure_is_the_questions_own(server):
    server.always = server.refuse(400, "The response was filtered", code="content_filter")
    with pytest.raises(Unanswered, match=r"content filter \(400: The response was filtered") as caught:
        ask(server)
    assert not caught.value.server
    assert len(server.bodies) == 1
