"""Of a tree of messages, the branch that the user saw last."""

from __future__ import annotations

from clioscope.conversations.messages.tree import branch, last_branch


def message(key, parent, minute=None, **more):
    at = {} if minute is None else {"created_at": f"2026-03-01T10:{minute:02d}:00Z"}
    return {"uuid": key, "parent_message_uuid": parent, **at, **more}


def keys(items):
    return [item["uuid"] for item in items]


EDITED = [message("h1", "root", 0), message("a1", "h1", 1), message("h2", "root", 2), message("a2", "h2", 3)]


def test_an_edit_leaves_its_branch_behind() -> None:
    assert keys(last_branch(EDITED)) == ["h2", "a2"]
    assert keys(last_branch(EDITED[::-1])) == ["h2", "a2"]


def test_the_leaf_named_wins_over_the_newest() -> None:
    assert keys(last_branch(EDITED, "a1")) == ["h1", "a1"]
    assert keys(last_branch(EDITED, "gone")) == ["h2", "a2"]


def test_a_second_answer_stands_for_the_first() -> None:
    assert keys(last_branch([*EDITED, message("a2b", "h2", 4)])) == ["h2", "a2b"]


def test_without_times_the_last_of_the_list_is_the_newest() -> None:
    bare = [{name: value for name, value in item.items() if name != "created_at"} for item in EDITED]
    assert keys(last_branch(bare)) == ["h2", "a2"]


def test_a_list_without_links_is_taken_whole() -> None:
    flat = [{"uuid": "a", "text": "1"}, {"uuid": "b", "text": "2"}]
    assert last_branch(flat) == flat
    assert last_branch([message("a", "x"), message("b", "y")]) == [message("a", "x"), message("b", "y")]
    assert last_branch([message("a", None), message("a", "a")]) == [message("a", None), message("a", "a")]
    assert last_branch(["text", message("a", None)]) == ["text", message("a", None)]
    assert last_branch([]) == []


def test_a_loop_is_walked_once() -> None:
    assert branch({"a": "b", "b": "a"}, None, {"a": 0, "b": 1}) == ["a", "b"]
    assert branch({"a": "b", "b": "a"}, "a", {"a": 0, "b": 1}) == ["b", "a"]
    assert branch({}, None, {}) == []


def test_a_long_chain_is_no_deep_recursion() -> None:
    chain = [message(str(n), str(n - 1) if n else None) for n in range(50_000)]
    assert len(last_branch(chain)) == 50_000
