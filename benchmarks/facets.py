"""The facet stage against the bare engine: what Clioscope adds to the time the engine needs for the same prompts.

    python benchmarks/facets.py [--model qwen2.5-coder-0.5b] [--conversations 24] [--rounds 4]

Takes conversations of the ``sharegpt`` data set of the catalogue. The same prompts are answered by the stage (facet
extraction with store, account, ledger and retries) and by plain HTTP requests to the same engine, in turns within one
run, so that the ratio does not hang on what else the machine does. Both have the grammar and the prompt cache.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from clioscope.conversations import collect_conversations
from clioscope.facets.examples import answered_examples
from clioscope.facets.extract import extract_facets
from clioscope.facets.known import choose_facets
from clioscope.facets.questions import facet_request
from clioscope.models.asker import Asker
from clioscope.models.embedded import EmbeddedEngine, compact_grammar
from clioscope.models.fetch import pull
from clioscope.models.open import open_model
from clioscope.models.store import Store
from clioscope.settings import FacetSettings, InputSettings, ModelSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    parser.add_argument("--conversations", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()

    import httpx

    facets = [one for one in choose_facets(FacetSettings().use) if one.asked]
    shown = answered_examples(facets, "English")
    found = collect_conversations([pull("sharegpt")], InputSettings(sample=given.conversations * 2), 0, None)
    engine = open_model(ModelSettings(name=given.model))
    assert isinstance(engine, EmbeddedEngine)

    def stage(rows: slice) -> float:
        with tempfile.TemporaryDirectory() as folder:
            asker = Asker(engine, Store(Path(folder) / "answers.sqlite"))
            began = time.monotonic()
            extract_facets(found.conversations[rows], found.transcripts[rows], facets, ask=asker)
            return time.monotonic() - began

    def bare(rows: slice) -> float:
        began = time.monotonic()
        with httpx.Client(timeout=600) as client:
            for transcript in found.transcripts["transcript"][rows]:
                request = facet_request(transcript, facets, "English", shown=shown)
                body = {
                    "messages": [{"role": role, "content": text} for role, text in request.messages],
                    "max_tokens": request.max_tokens,
                    "temperature": 0,
                    "grammar": compact_grammar(request.schema or {}),
                    "cache_prompt": True,
                }
                client.post(f"{engine.address}/chat/completions", json=body).raise_for_status()
        return time.monotonic() - began

    stage(slice(0, 1))  # loads the weights and reads the part that all prompts share
    halves = [slice(1, given.conversations), slice(given.conversations, 2 * given.conversations - 1)]
    total = {"stage": 0.0, "bare": 0.0}
    for number in range(given.rounds):
        # each half goes to each side equally often, and the first turn too
        one, other = halves if number % 2 else halves[::-1]
        turns = [("stage", stage, one), ("bare", bare, other)]
        for name, work, rows in turns if number % 4 < 2 else turns[::-1]:
            total[name] += work(rows)
    questions = given.rounds * (given.conversations - 1)
    for name, seconds in total.items():
        print(f"{name:<6} {seconds / questions:6.2f} s a conversation")
    print(f"ratio  {total['stage'] / total['bare']:6.3f}")
    engine.close()


if __name__ == "__main__":
    main()
