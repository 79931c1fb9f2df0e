"""What a cell shows of an atlas: a tree and a map, without a script."""

import shutil
from html.parser import HTMLParser

import polars as pl
import pytest

import clioscope
from clioscope.errors import AtlasError
from clioscope.settings import PrivacySettings

VOID = {"meta", "br", "progress"}


class Checked(HTMLParser):
    """Reads HTML, and notes elements that are not closed in order, and all that could run."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.seen, self.wrong, self.texts = [], set(), [], []

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.add(tag)
        self.wrong += [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data) -> None:
        self.texts.append(data)


def read(html: str) -> Checked:
    checked = Checked()
    checked.feed(html)
    checked.close()
    assert checked.open == [] and checked.wrong == []
    assert not checked.seen & {"script", "iframe", "link", "img", "style"}
    return checked


def test_a_cell_shows_tree_and_map(finished) -> None:
    html = finished._repr_html_()
    checked = read(html)
    assert {"details", "summary", "svg", "path"} <= checked.seen
    text = " ".join(checked.texts)
    assert "60 conversations" in text
    for name in finished.tree["name"]:
        assert name in text
    assert html.count("h0") == 60  # a dot per conversation
    assert len(html) < 60_000


def test_text_is_the_tree_with_sizes(finished) -> None:
    lines = str(clioscope.show(finished.path)).splitlines()
    assert lines[0] == "atlas: 60 conversations"
    assert len(lines) == 1 + finished.tree.height
    top = finished.tree.filter(pl.col("parent").is_null()).sort("count", descending=True).row(0, named=True)
    assert lines[1].startswith(f"  {top['name']} ({top['count']}, ")


def test_one_group_or_one_level(finished) -> None:
    roots = finished.tree.filter(pl.col("parent").is_null())
    assert len(str(finished.show(depth=1)).splitlines()) == 1 + roots.height
    group = roots.filter(pl.col("group").is_in(finished.tree["parent"].drop_nulls().implode()))["group"][0]
    children = finished.tree.filter(pl.col("parent") == group)
    shown = finished.show(group)
    assert len(str(shown).splitlines()) == 2 + children.height
    assert "<svg" not in shown._repr_html_()  # the map is of the whole atlas
    with pytest.raises(AtlasError, match="There is no group 'nothing'"):
        finished.show("nothing")


def test_names_and_descriptions_are_text(finished, tmp_path) -> None:
    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    nasty = '<script>alert("x")</script><b onclick=1>&amp;\u202e\x1b[31m</details>'
    tree = pl.read_parquet(copy / "tree.parquet").with_columns(name=pl.lit(nasty), description=pl.lit(f'" {nasty}'))
    tree.write_parquet(copy / "tree.parquet")
    atlas = clioscope.open(copy)
    html = atlas._repr_html_()
    assert '<script>alert("x")</script>' in " ".join(read(html).texts)
    assert "\u202e" not in html and "\x1b" not in html
    assert "\x1b" not in str(atlas.show())


def test_a_published_atlas_shows_circles_and_what_is_withheld(finished, tmp_path) -> None:
    atlas = clioscope.publish(finished, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    html = atlas._repr_html_()
    checked = read(html)
    assert "circle" in checked.seen and "path" not in checked.seen
    withheld = [f"{count:,}" for count in atlas.tree["withheld"].drop_nulls() if count]
    assert html.count("withheld or other") >= len(withheld)


def test_an_atlas_without_a_map_shows_its_tree(finished, tmp_path) -> None:
    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    (copy / "layout.parquet").unlink()
    checked = read(clioscope.open(copy)._repr_html_())
    assert "svg" not in checked.seen and "details" in checked.seen


def test_a_large_tree_is_cut(finished, monkeypatch) -> None:
    from clioscope.notebook import show

    monkeypatch.setattr(show, "MOST_ROWS", 3)
    text = " ".join(read(finished._repr_html_()).texts)
    assert f"{finished.tree.height - 3} more groups; atlas.tree has all." in text
