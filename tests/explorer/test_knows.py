"""The things to know: what a made atlas shows, nothing of an even one, and nothing that one person did."""

import re

import numpy as np
import pytest
from commands import run_cli

from clioscope.explorer.knows import find, median_day, sentences
from clioscope.explorer.knows_counts import Rows
from clioscope.explorer.to_know import things_to_know
from clioscope.explorer.view import view_parts

GROUPS = ("Bread", "Python", "Travel", "Poems")


def view(plan, day=None, user=None, group=None, size=400, **more):
    """A view of four groups in two levels, with one column of metadata and one of language."""
    rows = np.arange(size)
    base = rows % 4 if group is None else group
    counts = np.bincount(base, minlength=4)

    def one(name, level, parent, count):
        return {"name": name, "level": level, "parent": parent, "mixed": False, "none": False, "count": int(count)}

    groups = [one("Food and text", 1, None, counts[0] + counts[1]), one("Far away", 1, None, counts[2] + counts[3])]
    groups += [one(name, 0, place // 2, counts[place]) for place, name in enumerate(GROUPS)]
    header = {
        "published": False,
        "total": size,
        "segments": None,
        "groups": groups,
        "days": None if day is None else {"start": "2026-03-01", "last": int(day.max())},
        "columns": [
            {"name": "language", "type": "language", "kind": "nominal", "values": ["en", "ru"], "array": "facet0"},
            {"name": "plan", "type": "meta", "kind": "nominal", "values": ["free", "paid"], "array": "facet1"},
        ],
    } | more
    arrays = {"group": base + 2, "facet0": (rows // 4) % 2, "facet1": plan}
    if day is not None:
        arrays["day"] = day
    if user is not None:
        arrays["user"] = user
    return header, arrays


def told(header, arrays):
    header["knows"] = find(header, arrays)
    return sentences(header)


def test_three_things():
    rows = np.arange(400)
    day = (rows // 40).astype(np.uint16)
    group = np.where((day < 5) & (rows % 4 == 3), 0, rows % 4)  # poems begin in the second half
    plan = ((rows % 4 == 1) & (rows % 10 != 1)).astype(np.uint8)
    largest, changed, differs = told(*view(plan, day, (rows + 1).astype(np.uint32), group))
    assert largest == (
        "The largest of the 2 top groups is “Food and text”: 250 of 400 conversations, 62 % (95 % interval 58–67)."
    )
    assert changed == (
        "“Poems” grew most: 0 % of the conversations before 6 Mar 2026 (0), 25 % from then on (50); +25 points "
        "(95 % interval +19 to +31). Corrected for 6 comparisons (q < 0.05)."
    )
    assert differs.startswith(
        "“Python” stands out by plan: “paid” is more frequent there, 80 % of its conversations (80 of 100)"
    )
    assert differs.endswith("Corrected for 24 comparisons (q < 0.05).")


def test_where_each_comes_from():
    rows = np.arange(400)
    day = (rows // 40).astype(np.uint16)
    group = np.where((day < 5) & (rows % 4 == 3), 0, rows % 4)
    header, arrays = view((rows % 4 == 1).astype(np.uint8), day, None, group)
    largest, changed, differs = find(header, arrays)
    assert largest["group"] == 0 and changed["group"] == 5 and (changed["day"], changed["level"]) == (5, 0)
    assert (differs["group"], differs["column"], differs["value"]) == (3, "plan", 1)
    for one in (largest, changed, differs):
        assert set(one["text"]) == {"en", "ru"}
        assert len(re.findall(r"\d", one["text"]["ru"])) >= len(re.findall(r"\d", one["text"]["en"])) - 6
    assert differs["text"]["ru"].startswith("Группа «{group}» выделяется признаком «{column}»: «{value}» чаще — 100 %")
    assert "с поправкой" in differs["text"]["ru"].lower() and "+" in differs["text"]["ru"]


def test_an_even_atlas_has_no_findings():
    """Over 200 draws of chance alone, at most a few have a finding: 5 % of them, by expectation."""
    alarms = 0
    for seed in range(200):
        generator = np.random.default_rng(seed)
        header, arrays = view(
            generator.integers(0, 2, 400),
            generator.integers(0, 10, 400).astype(np.uint16),
            group=generator.integers(0, 4, 400),
        )
        arrays["facet0"] = generator.integers(0, 2, 400)
        kinds = [one["kind"] for one in find(header, arrays)]
        assert kinds[0] == "largest"
        alarms += "changed" in kinds or "differs" in kinds
    assert alarms <= 24


def test_what_one_person_did_is_no_finding():
    rows = np.arange(400)
    plan = (rows % 4 == 1).astype(np.uint8)
    many = (rows + 1).astype(np.uint32)
    assert [one["kind"] for one in find(*view(plan, user=many))] == ["largest", "differs"]
    one = np.where(rows % 4 == 1, 7, many).astype(np.uint32)
    kinds = [found["kind"] for found in find(*view(plan, user=one))]
    assert "differs" not in kinds or all(found["group"] != 3 for found in find(*view(plan, user=one)))


def test_steady_and_alike_are_said():
    rows = np.arange(400)
    header, arrays = view((rows // 8 % 2).astype(np.uint8), (rows // 40).astype(np.uint16))
    _, steady, alike = told(header, arrays)
    assert steady.startswith("No group grew or shrank beyond chance between the time before 6 Mar 2026")
    assert alike.startswith("No group differs from the others beyond chance")


def test_withheld_mixed_and_gathered_groups_are_not_named():
    rows = np.arange(400)
    header, arrays = view((rows % 4 == 1).astype(np.uint8))
    header["groups"][0]["name"] = None
    header["groups"][3]["mixed"] = True
    found = find(header, arrays)
    assert found[0]["group"] == 1 and all(one["group"] not in (0, 3) for one in found)


def test_noisy_counts_are_not_tested():
    rows = np.arange(400)
    header, arrays = view((rows % 4 == 1).astype(np.uint8), (rows // 40).astype(np.uint16))
    (only,) = find(header, arrays, noisy=True)
    assert only["kind"] == "largest" and "interval" not in only["text"]["en"]


def test_withheld_cells_of_a_published_atlas_prove_nothing():
    """The value is published in one group only; elsewhere it may be among what is withheld."""
    header, _ = view(np.zeros(400, np.uint8), published=True, days=None)
    header["columns"] = [
        {"name": "concern", "type": "score", "kind": "ordinal", "values": ["low", "high", None], "array": "facet0"}
    ]
    shown = np.array([[140, 60, 0], [200, 0, 0], [40, 60, 0], [100, 0, 0], [100, 0, 0], [100, 0, 0]])
    kinds = [one["kind"] for one in find(header, {"facet0": shown.ravel()})]
    assert "differs" in kinds
    hidden = np.array([[40, 60, 100], [0, 0, 200], [40, 60, 0], [0, 0, 100], [0, 0, 100], [0, 0, 100]])
    assert [one["kind"] for one in find(header, {"facet0": hidden.ravel()})] == ["largest", "alike"]


def test_median_day_is_that_of_the_page():
    assert median_day(np.array([1.0, 1, 1, 1])) == 2
    assert median_day(np.array([9.0, 1, 1])) == 1
    assert median_day(np.array([1.0, 0, 9])) == 2


def test_segments_weigh_as_parts_of_their_conversation():
    parents, levels = [None, 0, 0], [1, 0, 0]
    arrays = {
        "group": np.array([1, 2, 1, 1]),
        "part": np.array([0.5, 0.5, 0.5, 0.5], np.float32),
        "whole": np.array([0, 0, 1, 1], np.uint32),
    }
    rows = Rows(parents, levels, arrays)
    assert rows.own.tolist() == [2, 1.5, 0.5]
    own, rest, total = rows.squares
    assert own.tolist() == [2, 1.25, 0.25] and total == 2
    assert rest.tolist() == [0, 0.25, 1.25]


def test_the_view_and_the_command_say_the_same(atlas, published):
    for one in (atlas, published):
        header = things_to_know(one)
        assert header["knows"] and header["knows"] == view_parts(one)[0]["knows"]
        said = run_cli("show", one.path, check=True).stdout
        for number, sentence in enumerate(sentences(header), 1):
            assert f"{number}. {sentence}" in said
        assert "To know" not in run_cli("show", one.path, "--group", one.tree["group"][0], check=True).stdout


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_counts_are_those_of_the_tree(atlas, lang):
    header = things_to_know(atlas)
    largest = header["knows"][0]
    count = header["groups"][largest["group"]]["count"]
    assert str(count) in largest["text"][lang]
    assert count == max(one["count"] for one in header["groups"] if one["parent"] is None)
