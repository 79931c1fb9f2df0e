"""A model of no use is said to be one."""

from clioscope.pipeline.notices import notices


def stages(**failed):
    return {
        "facets": {"key": "k"},
        "tree": {"questions": {kind: {"asked": 10, "failed": n} for kind, n in failed.items()}},
    }


def test_most_of_a_kind_is_worth_a_sentence() -> None:
    assert notices(stages(facets=5, audit=0)) == []
    (one,) = notices(stages(facets=6, names=2))
    assert one.startswith("The model had no usable answer to 6 of 10 questions of facets: groups and names rest on")
    assert one.endswith(".")


def test_kinds_are_summed_over_stages_and_unknown_ones_named() -> None:
    both = stages(names=10) | {"names": {"questions": {"names": {"asked": 30, "failed": 5}}}}
    assert notices(both) == []
    assert "10 of 10 questions of mine" in notices(stages(mine=10))[0]
    assert notices({}) == []


def test_nothing_asked_is_nothing_failed() -> None:
    assert notices({"names": {"questions": {"names": {"asked": 0, "failed": 0}}}}) == []


def test_what_many_texts_share_is_told() -> None:
    assert notices({"conversations": {"shared": "A part was left out."}}) == ["A part was left out."]
    assert notices({"conversations": {"shared": ""}}) == []
