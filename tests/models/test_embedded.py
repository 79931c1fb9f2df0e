"""The embedded engine: what it refuses without starting, and (marked) how it runs and leaves."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clioscope.errors import ModelError
from clioscope.models.chat import ChatRequest
from clioscope.models.embedded import EmbeddedEngine, compact_grammar
from clioscope.models.fetch import pull
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Profile
from clioscope.settings import ModelSettings

SCHEMA = {
    "type": "object",
    "properties": {
        "request": {"type": "string", "maxLength": 60},
        "field": {"type": "string", "maxLength": 20},
        "concern": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["request", "field", "concern"],
    "additionalProperties": False,
}
LABEL = ChatRequest((("user", "Label this: how do I bake bread at home?"),), schema=SCHEMA, max_tokens=60)


def asked(engine, *requests):
    async def one_by_one():
        answers = [await engine.complete(request) for request in requests]
        await engine.release()
        return answers

    return asyncio.run(one_by_one())


def test_a_broken_file_is_refused_before_anything_starts(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + b"\x07" * 5_000)
    with pytest.raises(ModelError, match=r"m\.gguf: a broken GGUF file"):
        EmbeddedEngine(path)


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    monkeypatch.setattr("clioscope.models.embedded.check_gguf", lambda path: Header)
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    engine = EmbeddedEngine(tmp_path / "m.gguf")
    with pytest.raises(ModelError, match=re.escape('pip install "clioscope[local]"')):
        engine.start()


class Header:
    context, chat_template = 2_048, "x"


def test_a_grammar_without_white_space():
    pytest.importorskip("xllamacpp")
    grammar = compact_grammar(SCHEMA)
    if grammar.startswith("%llguidance"):
        assert '"whitespace_flexible":false' in grammar.replace(" ", "")
    else:
        assert 'space ::= ""' in grammar
    assert "x-guidance" not in SCHEMA


@pytest.fixture(scope="module")
def weights():
    pytest.importorskip("xllamacpp")
    return pull("smollm2-135m")


@pytest.fixture(scope="module")
def engine(weights):
    with EmbeddedEngine(weights, context=512, settings=ModelSettings(retries=0)) as running:
        yield running


def sockets():
    """Inodes of the listening sockets of this process."""
    listening = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A":
            listening.add(fields[9])
    own = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            own.add(str(link.readlink()).removeprefix("socket:[").rstrip("]"))
        except OSError:
            continue
    return listening & own


def tasks():
    return {path.name for path in Path("/proc/self/task").iterdir()}


@pytest.mark.engine
def test_it_starts_on_demand_and_leaves_no_port_and_no_thread(weights):
    ports, left = sockets(), []
    for _ in range(3):
        engine = EmbeddedEngine(weights, context=512)
        assert sockets() == ports
        before = tasks()
        asked(engine, LABEL)
        assert len(sockets()) == len(ports) + 1
        assert len(tasks() - before) >= engine.threads
        engine.close()
        assert sockets() == ports
        left.append(tasks() - before)
    # llama.cpp starts one thread for its log with the first model and keeps it; nothing is left of the engines
    assert len(left[0]) <= 1 and left[1:] == [set(), set()]


@pytest.mark.engine
def test_it_can_be_started_again(weights):
    engine = EmbeddedEngine(weights, context=512)
    first = asked(engine, LABEL)[0].text
    engine.close()
    assert asked(engine, LABEL)[0].text == first
    engine.close()


@pytest.mark.engine
def test_a_process_that_ends_without_closing_it_ends_at_once_and_quietly(weights):
    code = (
        "import sys, asyncio\n"
        "from clioscope.models.embedded import EmbeddedEngine\n"
        "from clioscope.models.chat import ChatRequest\n"
        "engine = EmbeddedEngine(sys.argv[1], context=256)\n"
        "print(len(asyncio.run(engine.complete(ChatRequest((('user', 'Hi'),), max_tokens=3))).text) > 0)\n"
        "print(engine.address)\n"
        "print('own words', file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(weights)], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0
    assert run.stderr == "own words\n"  # nothing of llama.cpp's, all of ours
    address = run.stdout.splitlines()[1]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", address)
    port = f"{int(address.rsplit(':', 1)[1].split('/')[0]):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    assert not [line for line in lines if line.split()[1].endswith(":" + port) and line.split()[3] == "0A"]


@pytest.mark.engine
def test_a_file_that_only_llama_cpp_sees_through_is_an_error_and_no_crash(weights, tmp_path):
    data = bytearray(weights.read_bytes())
    place = data.find(b"llama", 0, 4_000)
    data[place : place + 5] = b"lemur"
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"m\.gguf: the embedded engine cannot load this model"):
        asked(EmbeddedEngine(path), LABEL)


@pytest.mark.engine
def test_answers_are_compact(engine):
    (answer,) = asked(engine, LABEL)
    value = json.loads(answer.text)
    assert list(value) == ["request", "field", "concern"]
    assert answer.text == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.engine
def test_the_shared_beginning_is_read_once(engine):
    import openai

    system = "You label conversations. " * 20
    with openai.OpenAI(base_url=engine.address, api_key="none") as client:
        for text in ("first", "second"):
            messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
            reply = client.chat.completions.create(model="m", messages=messages, max_tokens=1)
    assert reply.usage.prompt_tokens_details.cached_tokens > reply.usage.prompt_tokens * 0.8


@pytest.mark.engine
def test_a_question_that_is_too_long_fails_alone(engine):
    with pytest.raises(Unanswered, match="longer than the model's context"):
        asked(engine, ChatRequest((("user", "word " * 3_000),)))
    assert asked(engine, LABEL)[0].text


@pytest.mark.engine
def test_slots_answer_at_once_each_with_its_own_context(weights):
    with EmbeddedEngine(weights, slots=2, context=256) as engine:

        async def both():
            return await asyncio.gather(engine.complete(LABEL), engine.complete(LABEL))

        first, second = asyncio.run(both())
        assert first.text and second.text
        assert engine.concurrency == 2
        long = ChatRequest((("user", "word " * 180),), max_tokens=4)
        assert asked(engine, long)[0].prompt_tokens > 180


@pytest.mark.engine
def test_prefill_begins_the_answer(engine):
    (answer,) = asked(engine, ChatRequest((("user", "Name a fruit."),), prefill="My favourite", max_tokens=6))
    assert answer.text.startswith("My favourite")
    assert answer.text.count("My favourite") == 1


@pytest.mark.engine
def test_a_base_model_goes_through_completions(weights):
    with EmbeddedEngine(weights, context=512, profile=Profile(endpoint="completion")) as engine:
        free, formed = asked(engine, ChatRequest((("user", "Name a fruit."),), max_tokens=12), LABEL)
    assert free.text and "###" not in free.text
    assert set(json.loads(formed.text)) == {"request", "field", "concern"}


R1_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n<think>\\n' }}{% endif %}"
)


@pytest.mark.engine
def test_thinking_that_does_not_end_is_closed_and_answered(weights):
    """A model that never closes its thinking, behind a template of R1's kind: the answer is forced after it."""
    settings = ModelSettings(thinking_tokens=20)
    with EmbeddedEngine(
        weights, context=512, chat_template=R1_TEMPLATE, settings=settings, profile=Profile(reasoning="think-tags")
    ) as engine:
        (answer,) = asked(engine, LABEL)
    assert set(json.loads(answer.text)) == {"request", "field", "concern"}
    assert answer.completion_tokens > 60  # both questions are paid for
