"""Pictures of maps: what is on them, where titles stand, and what is refused."""

import re
from html import escape
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from commands import run_cli

pytest.importorskip("matplotlib")
pytest.importorskip("textalloc")

import matplotlib.image

import clioscope
from clioscope.atlas.files import write_table
from clioscope.errors import AtlasError, ClioscopeError, SettingsError
from clioscope.pictures import Look, can_draw, export_picture
from clioscope.pictures.content import map_content
from clioscope.pictures.map import draw_map
from clioscope.pictures.palette import DARK, LIGHT, many

SMALL = Look(size=(20, 14), dpi=60)


def drawn(atlas, level=1, look=SMALL):
    said = []
    content = map_content(atlas, level)
    figure = draw_map(content, look, said.append)
    figure.draw_without_rendering()
    return content, figure, said


def boxes(figure):
    return {text.get_text().replace("\n", " "): text.get_window_extent() for text in figure.axes[0].texts}


def test_a_png_has_its_size_and_the_colours_of_the_groups(atlas, tmp_path):
    path = export_picture(atlas, tmp_path / "map.png", SMALL._replace(level=1))
    image = (matplotlib.image.imread(path)[:, :, :3] * 255).round().astype(int)
    assert image.shape[:2] == (int(14 / 2.54 * 60), int(20 / 2.54 * 60))
    assert path.stat().st_mode & 0o777 == 0o600
    assert (image[0, 0] == 255).all()
    wanted = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in many(LIGHT, 4)])
    alpha = 1.45 - 0.21 * np.log10(120)
    for colour in np.minimum(alpha, 0.9) * wanted + (1 - min(alpha, 0.9)) * 255:
        assert (np.abs(image - colour).max(axis=2) < 12).sum() > 10, colour


def test_titles_cover_no_title_no_point_and_lie_on_the_picture(atlas):
    for level, titles in ((1, 4), (0, 10)):
        content, figure, said = drawn(atlas, level)
        assert len(content.islands) >= titles and not said
        axes, found = figure.axes[0], list(boxes(figure).values())
        assert len(found) == len(content.islands)
        assert not any(one.overlaps(other) for at, one in enumerate(found) for other in found[:at])
        points = axes.transData.transform(np.column_stack([content.x, content.y]))
        for box in found:
            inside = (points > (box.x0, box.y0)) & (points < (box.x1, box.y1))
            assert not inside.all(axis=1).any()
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1


def test_leader_lines_lead_from_titles_to_their_groups_and_cross_none(atlas):
    content, figure, _ = drawn(atlas, 0)
    axes = figure.axes[0]
    ends = [np.array(line.get_xydata()) for line in axes.lines]
    hearts = np.array([(one.x, one.y) for one in content.islands])
    for line in ends:
        assert min(np.abs(hearts - end).max(axis=1).min() for end in line) < 1e-6

    def side(a, b, c):
        return np.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    for at, (a, b) in enumerate(ends):
        for c, d in ends[:at]:
            assert not (side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0)


def test_a_published_atlas_shows_nothing_that_was_not_published(atlas, published, tmp_path):
    full, public = map_content(atlas, 0), map_content(published, 0)
    assert full.size is None and len(full.x) == 120
    assert public.size is not None and len(public.x) == len(public.islands) < len(full.islands)
    assert {one.name for one in public.islands} <= set(published.tree["name"])
    counts = dict(published.tree.select("group", "count").iter_rows())
    assert all(one.conversations == counts[one.group] for one in public.islands)
    path = export_picture(published, tmp_path / "map.svg", SMALL._replace(legend=True))
    assert path.stat().st_mode & 0o777 == 0o644
    text = path.read_text(encoding="utf-8")
    hidden = set(atlas.tree["name"]) - set(published.tree["name"])
    assert hidden and not any(name in text for name in hidden)
    assert all(f"{name} ({counts[group]})" in text for group, name in public_names(public))
    circles = draw_map(public, SMALL, print).axes[0].collections[0].get_sizes()
    sizes = [one.conversations for one in public.islands]
    assert len(circles) == len(sizes) and circles.max() / circles.min() == pytest.approx(max(sizes) / min(sizes))


def public_names(content):
    return [(one.group, escape(one.name)) for one in content.islands]


def test_a_withheld_name_is_drawn_nowhere(atlas, tmp_path):
    import shutil

    shutil.copytree(atlas.path, tmp_path / "atlas")
    name = atlas.tree.filter(pl.col("level") == 1)["name"][0]
    tree = atlas.tree.with_columns(
        pl.when(pl.col("name") == name).then(pl.lit("withheld")).otherwise("action").alias("action")
    )
    write_table(tmp_path / "atlas" / "tree.parquet", tree)
    text = export_picture(clioscope.open(tmp_path / "atlas"), tmp_path / "map.svg", SMALL._replace(level=1)).read_text()
    assert name not in text and "(name withheld for privacy)" in text


def test_an_svg_is_whole_and_the_same_every_time_and_a_pdf_too(atlas, tmp_path):
    for suffix, start in ((".svg", b"<?xml"), (".pdf", b"%PDF")):
        made = [export_picture(atlas, tmp_path / f"{n}{suffix}", SMALL).read_bytes() for n in range(2)]
        assert made[0] == made[1] and made[0].startswith(start)
    root = ElementTree.parse(tmp_path / "0.svg").getroot()
    assert root.tag.endswith("svg") and root.get("width") == "566.929134pt"


def test_the_look_is_kept(atlas):
    _, figure, _ = drawn(atlas, 1, SMALL._replace(dark=True, legend=True, titles=2, title="Costs $5 and $6"))
    assert len(figure.axes) == 2 and len(figure.axes[0].texts) == 2
    ground = [int(DARK.ground[at : at + 2], 16) for at in (1, 3, 5)]
    assert [round(255 * part) for part in figure.get_facecolor()[:3]] == ground
    assert figure.texts[0].get_text() == r"Costs \$5 and \$6"
    legend = " ".join(" ".join(text.get_text().split()) for text in figure.axes[1].texts)
    assert all(
        re.search(rf"{re.escape(one.name)} \({one.conversations}\)", legend) for one in map_content(atlas, 1).islands
    )


def test_an_atlas_of_one_or_of_equal_places_is_drawn(atlas, tmp_path):
    import shutil

    shutil.copytree(atlas.path, tmp_path / "atlas")
    write_table(tmp_path / "atlas" / "layout.parquet", atlas.layout.with_columns(x=pl.lit(0.5), y=pl.lit(0.5)))
    content, figure, _ = drawn(clioscope.open(tmp_path / "atlas"), 1)
    assert len(figure.axes[0].texts) == len(content.islands)


def test_what_cannot_be_drawn_is_said(atlas, tmp_path):
    import shutil

    shutil.copytree(atlas.path, tmp_path / "bare", ignore=shutil.ignore_patterns("layout.parquet"))
    bare = clioscope.open(tmp_path / "bare")
    assert can_draw(atlas) and not can_draw(bare)
    with pytest.raises(AtlasError, match="has no map to draw"):
        export_picture(bare, tmp_path / "map.png")
    for look, why in (
        (Look(size=(1, 10)), "--size"),
        (Look(dpi=5), "--dpi"),
        (Look(size=(200, 200), dpi=600), "400 million"),
        (Look(level=9), "has the levels 1"),
    ):
        with pytest.raises(SettingsError, match=why):
            export_picture(atlas, tmp_path / "map.png", look)
    with pytest.raises(ClioscopeError, match="ends in"):
        export_picture(atlas, tmp_path / "map.gif")
    assert not list(tmp_path.glob("map*"))


def test_the_command_draws_and_says_what_is_wrong(atlas, tmp_path):
    done = run_cli(
        "export", atlas.path, tmp_path / "map.png", "--size", "12x9", "--dpi", 50, "--font", "No Such", check=True
    )
    assert done.stdout.strip() == str(tmp_path / "map.png") and "no font 'No Such'" in done.stderr
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    failed = run_cli("export", atlas.path, tmp_path / "map.png", "--size", "wide")
    assert failed.returncode == 1 and "for example 24x17" in failed.stderr
