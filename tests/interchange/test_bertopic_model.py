"""An atlas as a fitted model of BERTopic."""

import polars as pl
import pytest

from clioscope import interchange
from clioscope.errors import AtlasError, ClioscopeError

WHY = "bertopic is not here; docs/python.md says how to add it"


@pytest.mark.slow
def test_topics_are_the_base_groups_with_their_names(kept) -> None:
    pytest.importorskip("bertopic", reason=WHY)
    model = interchange.to_bertopic(kept.path)
    base = kept.tree.filter(pl.col("level") == 0).sort("count", descending=True)
    info = model.get_topic_info()
    distinct = kept.clusters.group_by("group").len()
    assert sorted(info["Count"]) == sorted(distinct["len"])
    assert set(info["CustomName"]) <= set(base["name"])
    names = dict(zip(info["Topic"], info["CustomName"], strict=True))
    groups = dict(kept.tree.select("group", "name").iter_rows())
    assert [names[topic] for topic in model.topics_] == [groups[group] for group in kept.clusters["group"]]
    assert model.get_topic(0)  # words


@pytest.mark.slow
def test_new_texts_get_a_topic_and_pictures_are_drawn(kept) -> None:
    pytest.importorskip("bertopic", reason=WHY)
    model = interchange.to_bertopic(kept)
    texts = kept.transcripts["text"].to_list()
    topics, likeness = model.transform(texts[:20])
    assert len(topics) == len(likeness) == 20
    same = sum(one == other for one, other in zip(topics, model.topics_[:20], strict=True))
    assert same >= 15  # the atlas knows facets too, so a few may differ
    assert model.visualize_barchart(custom_labels=True).data
    assert len(model.hierarchical_topics(texts)) == len(set(model.topics_)) - 1


def test_an_atlas_without_texts_and_documents_that_do_not_fit_are_one_sentence(finished, monkeypatch) -> None:
    pytest.importorskip("bertopic", reason=WHY)
    with pytest.raises(ClioscopeError, match=r"has 60 conversations, and 2 documents are given"):
        interchange.to_bertopic(finished, ["one", "two"])


def test_texts_are_transcripts_or_sentences_of_facets(kept, finished, tmp_path) -> None:
    from conftest import make_records, write_jsonl

    import clioscope
    from clioscope.interchange.texts import texts_of

    assert texts_of(kept).to_list() == kept.transcripts["text"].to_list()
    assert texts_of(finished)[0].startswith(finished.facets["request"][0])
    chats = write_jsonl(tmp_path / "chats.jsonl", make_records(20))
    bare = clioscope.build(chats, tmp_path / "atlas", no_llm=True, embedder="hash", progress=False)
    with pytest.raises(AtlasError, match="holds no texts; give them as documents"):
        texts_of(bare)


def test_without_the_package_it_says_what_to_install(kept, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bertopic", None)
    with pytest.raises(ClioscopeError, match="needs the package bertopic"):
        interchange.to_bertopic(kept)
