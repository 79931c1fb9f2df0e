"""The server beside a client of the official SDK: in this process, and as an agent starts it."""

import json
import os
import sys

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from clioscope.agents.server import DATA, make_server
from clioscope.errors import AtlasError


def called(server, *calls):
    """The results of calls (a name and arguments) of a client."""

    async def run():
        async with Client(server) as client:
            return [await client.call_tool(name, given) for name, given in calls]

    return anyio.run(run)


def tools(server):
    async def run():
        async with Client(server) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    return anyio.run(run)


def test_every_tool_says_that_texts_are_data_and_changes_nothing(both) -> None:
    for tool in tools(make_server(both, traces=True)).values():
        assert tool.description.endswith(DATA)
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint


def test_single_conversations_need_the_switch(both, public, tmp_path) -> None:
    assert "conversations" not in tools(make_server(both))
    assert "conversations" in tools(make_server(both, examples=True))
    group = both.tree["group"][0]
    plain, full = (
        called(make_server(both, **switch), ("conversations", {"group": group}))[0].structured_content["examples"]
        for switch in ({"examples": True}, {"traces": True})
    )
    assert "transcript" not in plain[0] and full[0]["transcript"]
    for switch in ("examples", "traces"):
        with pytest.raises(AtlasError, match="published atlas holds no conversations"):
            make_server(public, **{switch: True})


def test_a_published_atlas_gives_aggregates_only(public) -> None:
    server = make_server(public)
    assert set(tools(server)) == {"about", "tree", "group", "search", "compare", "whats_new", "figures"}
    first = public.tree["group"][0]
    answers = called(
        server,
        *(("about", {}), ("tree", {"depth": 5}), ("group", {"group": first}), ("whats_new", {"since": "2026-04"})),
        *(("search", {"query": "bread"}), ("figures", {})),
    )
    assert [answer.is_error for answer in answers] == [False, False, False, True, False, True]
    counts = {row["group"]: row["count"] for row in answers[1].structured_content["groups"]}
    assert counts == dict(public.tree.select("group", "count").iter_rows())
    assert all(count % 5 == 0 for count in counts.values())
    assert "no dates" in answers[3].content[0].text


def test_controls_of_texts_do_not_reach_the_agent(both) -> None:
    group = both.tree.filter(both.tree["level"] == 1)["group"].to_list()
    server = make_server(both, traces=True)
    calls = [("conversations", {"group": one, "most": 20}) for one in group] + [("tree", {"depth": 5})]
    for answer in called(server, *calls):
        text = json.dumps(answer.structured_content, ensure_ascii=False) + answer.content[0].text
        assert "\x1b" not in text and "\\u001b" not in text and "\u202e" not in text


def test_what_cannot_be_done_is_one_sentence(both) -> None:
    wrong = (("group", {"group": "nothing"}), ("compare", {"before": "2026-03"}), ("whats_new", {}), ("figures", {}))
    for answer in called(make_server(both), *wrong):
        assert answer.is_error
        assert "Traceback" not in answer.content[0].text and answer.content[0].text.rstrip().count("\n") == 0


@pytest.mark.slow
def test_an_agent_finds_what_is_new_since_march_with_evidence(both) -> None:
    """From the interface alone: what there is, what is new, how sure that is, and the records that show it."""

    async def run():
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "clioscope", "mcp", str(both.path), "--examples"],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        async with Client(stdio_client(server)) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} >= {"about", "whats_new", "conversations"}
            months = sorted((await client.call_tool("about", {})).structured_content["months"])
            after = months[months.index("2026-03") + 1]
            told = (await client.call_tool("whats_new", {"since": after})).structured_content
            sentences = []
            for row in (row for row in told["groups"] if row["kind"] == "new"):
                given = {"group": row["group"], "period": f"{after}..", "most": 3}
                shown = (await client.call_tool("conversations", given)).structured_content
                records = [record for one in shown["examples"] for record in one["records"]]
                sentences.append((row, records))
            return told, sentences

    told, sentences = anyio.run(run)
    assert told["conversations"] == [280, 280]
    assert sentences, "excel came in April"
    known = dict(both.occurrences.select("record", "conversation").iter_rows())
    texts = dict(both.transcripts.select("conversation", "text").iter_rows())
    for row, records in sentences:
        assert (
            row["count_before"] == 0 < row["count"] and 0 < row["low"] < row["share"] < row["high"] and row["q"] <= 0.05
        )
        assert records and all(record.startswith("4-") for record in records)
        assert all("excel" in texts[known[record]] for record in records)
