"""Questions a second by Ray on this machine, by the number of its actors, against the client alone.

    python benchmarks/ray_local.py [--questions 2000] [--actors 1 2 4] [--milliseconds 20 200]

Needs the extra ``ray``. Both ask the same stub of a chat server on loopback, a process of its own, which waits so many
milliseconds before each answer and answers any number at once; each asks 32 questions at once in all. Prints, for each
wait, the questions a second of the client and of Ray, from the first question until the last answer is in the store; a
second figure leaves out what Ray takes before the first question (actors start with each dataset). Then how many
questions were posted for each asked: 1 unless something was asked twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from clioscope.cluster.connect import Connection
from clioscope.cluster.model import RayModel
from clioscope.models.account import Account
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatRequest
from clioscope.models.ledger import Ledger
from clioscope.models.open import open_model
from clioscope.models.store import Store
from clioscope.settings import ClusterSettings, ModelSettings

AT_ONCE = 32
SCHEMA = {"type": "object", "properties": {"request": {"type": "string"}}, "required": ["request"]}


def serve(port: Synchronized[int], posts: Synchronized[int], first: Synchronized[float], wait: float) -> None:
    """The stub: any number of questions at once, each answered after ``wait`` seconds."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def chat(request: Request) -> JSONResponse:
        await request.json()
        if posts.value == 0:
            first.value = time.time()
        posts.value += 1
        await asyncio.sleep(wait)
        said = {"role": "assistant", "content": json.dumps({"request": "help with bread"})}
        choice = {"index": 0, "finish_reason": "stop", "message": said}
        return JSONResponse({"choices": [choice], "usage": {"prompt_tokens": 300, "completion_tokens": 9}})

    async def models(request: Request) -> JSONResponse:
        return JSONResponse({"object": "list", "data": [{"id": "stub", "owned_by": "stub"}]})

    routes = [Route("/v1/chat/completions", chat, methods=["POST"]), Route("/v1/models", models)]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error")
    server = uvicorn.Server(config)

    async def run() -> None:
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port.value = server.servers[0].sockets[0].getsockname()[1]
        await task

    asyncio.run(run())


class Stub:
    """The stub in its process. A context."""

    def __init__(self, wait: float) -> None:
        context = multiprocessing.get_context("spawn")
        self.port, self.posts, self.first = context.Value("i", 0), context.Value("i", 0), context.Value("d", 0.0)
        self.process = context.Process(target=serve, args=(self.port, self.posts, self.first, wait), daemon=True)

    def __enter__(self) -> Stub:
        self.process.start()
        while not self.port.value:
            time.sleep(0.05)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.join()

    @property
    def settings(self) -> ModelSettings:
        return ModelSettings(name=f"http://127.0.0.1:{self.port.value}/v1 stub", concurrency=AT_ONCE)


def ask(stub: Stub, questions: int, actors: int | None, folder: Path) -> tuple[float, float, float]:
    """(questions a second, the same from the first post on, posts for each question) by so many actors of Ray, or by
    the client alone."""
    requests = [
        ChatRequest((("system", "Say what it is about."), ("user", f"Case {number}: bread")), SCHEMA, item=str(number))
        for number in range(questions)
    ]
    stub.posts.value = 0
    if actors is None:
        model: object = open_model(stub.settings)
    else:
        share = max(1, AT_ONCE // actors)
        settings = stub.settings.model_copy(update={"concurrency": share})
        cluster = ClusterSettings(on="ray", actors=actors, batch=share)
        model = RayModel(settings, cluster, Connection("ray"), str(folder / "cluster"))
    with Store(folder / f"{actors}-{time.time()}.sqlite") as store:
        asker = Asker(model, store, Account(), Ledger())  # type: ignore[arg-type]
        start = time.time()
        answers = asker.ask("facets", requests, json.loads)
        end = time.time()
    assert None not in answers
    return questions / (end - start), questions / (end - stub.first.value), stub.posts.value / questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--actors", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--milliseconds", type=int, nargs="+", default=[20, 200])
    given = parser.parse_args()
    connection = Connection("ray", max(given.actors))
    connection.ray()
    print(f"{given.questions:,} questions, {AT_ONCE} at once")
    with tempfile.TemporaryDirectory() as folder:
        for wait in given.milliseconds:
            with Stub(wait / 1000) as stub:
                for actors in (None, *given.actors):
                    rate, later, posts = ask(stub, given.questions, actors, Path(folder))
                    name = "client alone" if actors is None else f"{actors} actor{'s' if actors > 1 else ''}"
                    rates = f"{rate:.0f} a second ({later:.0f} from the first question on)"
                    print(f"{wait} ms: {name}: {rates}, {posts:g} posts each")
    connection.close()


if __name__ == "__main__":
    main()
