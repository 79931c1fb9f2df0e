"""What a build would ask, said before it asks."""

import pytest
from conftest import make_records, write_jsonl

from clioscope.errors import InputError
from clioscope.models.store import Store
from clioscope.pipeline.estimate import default_groups, estimate
from clioscope.settings import load_settings


@pytest.fixture
def path(tmp_path):
    records = make_records(40)
    return write_jsonl(tmp_path / "in.jsonl", [*records, *records[:5], {"messages": "broken"}])


def guess(path, **settings):
    return estimate([path], load_settings(model__name="fake", **settings))


def test_records_are_counted_as_a_build_would(path) -> None:
    found = guess(path)
    assert (found.records, found.rejected, found.conversations) == (46, 1, 40)
    assert found.money is None


def test_without_a_model_nothing_is_asked(path) -> None:
    found = estimate([path], load_settings(model__name="none"))
    assert (found.calls, found.prompt_tokens, found.completion_tokens, found.money) == (0, 0, 0, None)
    assert found.conversations == 40


@pytest.mark.parametrize(
    ("settings", "calls"),
    [
        ({}, 40 + 5 + 5 + 1),  # facets, names, audits, and one name once more
        ({"privacy__audit": False}, 40 + 5 + 1),
        ({"facets__calls": "each"}, 4 * 40 + 5 + 5 + 1),
        ({"facets__calls": "each", "facets__use": ("request", "language")}, 40 + 5 + 5 + 1),
        ({"facets__screen": "Is it?"}, 2 * 40 + 5 + 5 + 1),
        ({"naming__ready_names": "first"}, 40 + 3 + 5 + 1),  # half of the groups have a ready-made name
    ],
)
def test_questions_are_counted_by_what_is_asked(path, settings, calls) -> None:
    found = guess(path, clustering__clusters=5, **settings)
    assert found.groups == 5
    assert found.calls == calls


@pytest.mark.parametrize(("fewest", "asked"), [(0, 10), (1, 11), (1000, 40)])
def test_the_second_round_asks_no_more_than_there_are(path, fewest, asked) -> None:
    found = guess(path, clustering__clusters=5, facets__ask=10, facets__ask_per_group=fewest, privacy__audit=False)
    assert found.calls == asked + 5 + 1


@pytest.mark.parametrize(("encoder", "language"), [("hash", "en"), ("all-MiniLM-L6-v2", "ru")])
def test_there_are_no_ready_made_names_in_a_language_that_the_encoder_does_not_read(path, encoder, language) -> None:
    given = {"clustering__clusters": 5, "embedding__model": encoder, "facets__language": language}
    assert guess(path, **given, naming__ready_names="first") == guess(path, **given)


def test_more_to_read_costs_more_tokens(path) -> None:
    plain = guess(path, clustering__clusters=5)
    without = guess(path, clustering__clusters=5, facets__examples=False)
    each = guess(path, clustering__clusters=5, facets__calls="each")
    assert without.prompt_tokens < plain.prompt_tokens < each.prompt_tokens
    assert plain.completion_tokens < each.completion_tokens


def test_money_is_tokens_times_price(path) -> None:
    found = guess(path, model__price_in=2.0, model__price_out=3.0)
    assert found.money == pytest.approx((2 * found.prompt_tokens + 3 * found.completion_tokens) / 1e6)
    assert guess(path, model__price_out=3.0).money == pytest.approx(3 * found.completion_tokens / 1e6)


def test_the_guess_is_near_what_a_build_asks(path, fake, tmp_path) -> None:
    from clioscope import build

    settings = fake.model_copy(
        update={
            "clustering": fake.clustering.model_copy(update={"method": "kmeans", "clusters": 5}),
            "layout": fake.layout.model_copy(update={"method": "pca"}),
        }
    )
    found = estimate([path], settings)
    atlas = build(path, tmp_path / "atlas", settings)
    assert found.groups == atlas.tree.height
    costs = [stage["cost"] for stage in atlas.manifest["stages"].values() if "cost" in stage]
    asked = sum(cost["calls"] for cost in costs)
    prompt = sum(cost["prompt_tokens"] for cost in costs)
    assert 0.8 * asked <= found.calls <= 1.3 * asked
    assert 0.5 * prompt <= found.prompt_tokens <= 2 * prompt
    with Store(tmp_path / "atlas" / "answers.sqlite") as store:
        assert store.counts()["answers"] <= asked


def test_names_that_are_asked_for_once_more_are_counted(path, fake, tmp_path) -> None:
    from clioscope import build

    settings = fake.model_copy(update={"clustering": fake.clustering.model_copy(update={"clusters": 20})})
    found = estimate([path], settings)
    atlas = build(path, tmp_path / "atlas", settings)
    asked = {name: stage["cost"]["calls"] for name, stage in atlas.manifest["stages"].items() if "cost" in stage}
    again = asked["names"] + asked["tree"] + asked["distinct"] - atlas.tree.height
    assert found.groups == atlas.tree.height == asked["audit"] and again > 0
    assert abs(found.calls - 40 - 2 * found.groups - again) <= 1


@pytest.mark.parametrize(
    ("settings", "groups"), [({"clustering__size": 10}, 4), ({"clustering__size": 500}, 1), ({}, 13)]
)
def test_the_number_of_groups_follows_the_settings(settings, groups) -> None:
    found = default_groups(40, load_settings(**settings))
    assert found == groups or (not settings and 2 <= found <= 20)


def test_groups_are_those_that_a_build_may_come_to() -> None:
    assert default_groups(3000, load_settings()) == 120
    assert default_groups(3000, load_settings(clustering__most=60)) == 60


def test_missing_input_is_one_sentence(tmp_path) -> None:
    with pytest.raises(InputError, match="no such file"):
        guess(tmp_path / "absent.jsonl")


def test_time_is_known_where_the_models_speed_is(path) -> None:
    slow, fast = (estimate([path], load_settings(model__name=name)).seconds for name in ("qwen2.5-coder-1.5b", "fast"))
    assert 60 < slow < 1200 and fast < 0.6 * slow
    mixed = estimate([path], load_settings(model__name="fast", naming__model="qwen2.5-coder-1.5b")).seconds
    assert fast < mixed < slow
    assert guess(path).seconds is None


def test_questions_to_another_machine_are_counted(path) -> None:
    def remote(**settings):
        return estimate([path], load_settings(clustering__clusters=5, **settings)).remote

    assert remote(model__name="http://gpu.example.org:8000/v1 large") == 40 + 5 + 5 + 1
    assert remote(model__name="fake", naming__model="https://example.org/v1 large") == 5 + 5 + 1
    assert remote(model__name="http://localhost:8000/v1 large") == remote(model__name="http://127.0.0.1/v1 x") == 0


def test_what_is_answered_already_is_not_asked_again(path, fake, tmp_path) -> None:
    from clioscope import build

    settings = fake.model_copy(update={"clustering": fake.clustering.model_copy(update={"clusters": 5})})
    settings = settings.model_copy(
        update={
            "facets": settings.facets.model_copy(update={"screen": "Is it about anything at all?", "calls": "each"})
        }
    )
    before = estimate([path], settings, tmp_path / "atlas")

    class StopHere(Exception):
        pass

    def stop(found):
        assert found[2:] == before[2:], "a build says what a dry run says"
        raise StopHere

    with pytest.raises(StopHere):
        build(path, tmp_path / "atlas", settings, confirm=stop)
    build(path, tmp_path / "atlas", settings)
    after = estimate([path], settings, tmp_path / "atlas")
    with Store(tmp_path / "atlas" / "answers.sqlite") as store:
        assert 40 < after.stored <= store.counts()["answers"]
    assert after.calls == before.calls - after.stored
    assert after.prompt_tokens < before.prompt_tokens and after.completion_tokens < before.completion_tokens
    other = settings.model_copy(update={"facets": settings.facets.model_copy(update={"language": "ru"})})
    assert estimate([path], other, tmp_path / "atlas").stored == 40, "the screener's"
