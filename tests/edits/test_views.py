"""Views are saved beside the edits, and stay there."""

import json
import threading

import pytest

import clioscope
from clioscope.atlas.views import FILE, find_address, read_views
from clioscope.edits.views import change_view, delete_view, save_view
from clioscope.errors import AtlasError
from clioscope.settings import PrivacySettings


def names(atlas):
    return [view.name for view in read_views(atlas.path)]


def test_views_are_saved_changed_and_deleted(atlas):
    made = save_view(atlas, "  Bread  in\tMarch ", "http://127.0.0.1:1/?token=x#group=g1&is.plan=paid", "Ask\nBaker")
    assert (made.name, made.note, made.address) == ("Bread in March", "Ask\nBaker", "group=g1&is.plan=paid")
    save_view(atlas.path, "anna", "sort=share", author="Anna")
    assert names(atlas) == ["anna", "Bread in March"]
    assert (atlas.path / FILE).stat().st_mode & 0o777 == 0o600
    change_view(atlas, "anna", new_name="Ünal", note="", address="#level=1")
    assert [(view.name, view.address) for view in read_views(atlas.path)][-1] == ("Ünal", "level=1")
    change_view(atlas, "Ünal", new_name="ünal")  # its own name in other letters is not taken
    delete_view(atlas, "ünal")
    assert names(atlas) == ["Bread in March"]
    assert not (atlas.path / "edits.jsonl").exists() and not (atlas.path / "edited").exists()


def test_what_cannot_be_done_is_said(atlas):
    save_view(atlas, "One", "sort=share")
    for act, why in (
        (lambda: save_view(atlas, " \u202e ", "x=1"), "has no name"),
        (lambda: save_view(atlas, "one", "x=1"), "there is a view 'one' already"),
        (lambda: save_view(atlas, "n" * 121, "x=1"), "longer than 120"),
        (lambda: save_view(atlas, "two", "x" * 20_001), "longer than 20000"),
        (lambda: change_view(atlas, "two", note="x"), "no view 'two'"),
        (lambda: delete_view(atlas, "two"), "no view 'two'"),
    ):
        with pytest.raises(AtlasError, match=why):
            act()
    assert names(atlas) == ["One"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"views": [1]}', '{"views": [{"name": ""}]}', '{"views": {"a": 1}}'])
def test_a_broken_file_is_said_and_not_written_over(atlas, text):
    (atlas.path / FILE).write_text(text)
    with pytest.raises(AtlasError, match="holds no saved views"):
        save_view(atlas, "One", "sort=share")
    assert (atlas.path / FILE).read_text() == text


def test_what_a_file_holds_is_made_harmless(atlas):
    record = {"name": "a\x1b[2Jb\nc", "note": "x\x07y", "address": "group=g\x1b 1#evil", "extra": 1}
    (atlas.path / FILE).write_text(json.dumps({"views": [record]}))
    (view,) = read_views(atlas.path)
    assert view.name == "a[2Jb c" and view.note == "xy" and "\x1b" not in view.address and " " not in view.address


def test_views_that_are_saved_at_once_are_all_kept(atlas):
    threads = [threading.Thread(target=save_view, args=(atlas.path, f"view {n}", "level=0")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(atlas)) == 8


def test_an_address_is_found_by_name_or_taken_as_it_is(atlas):
    save_view(atlas, "March", "days=2026-03-01_2026-03-31")
    assert find_address(atlas, "march") == "days=2026-03-01_2026-03-31"
    assert find_address(atlas, "#group=g1&is.plan=плата") == "group=g1&is.plan=%D0%BF%D0%BB%D0%B0%D1%82%D0%B0"
    assert find_address(atlas, "http://127.0.0.1:8765/?token=abc#sort=share") == "sort=share"
    assert find_address(atlas, "sort=share\x1b]0;x\x07") == "sort=share%5D0;x"
    with pytest.raises(AtlasError, match=r"no saved view 'Marhc' \(did you mean March\?\); there are 'March'"):
        find_address(atlas, "Marhc")


def test_a_published_copy_has_no_views(atlas, tmp_path):
    save_view(atlas, "Secret plan", "sort=share", "a note")
    low = PrivacySettings(min_conversations=4, min_users=2)
    public = clioscope.publish(atlas, tmp_path / "public", low)
    assert read_views(public.path) == []
    assert not any(b"Secret plan" in path.read_bytes() for path in public.path.iterdir())
    with pytest.raises(AtlasError, match="no view is saved in a published atlas"):
        save_view(public, "x", "sort=share")
