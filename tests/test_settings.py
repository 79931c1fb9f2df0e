"""Settings: from a file, over it from keywords, and a sentence for what makes no sense."""

import pytest
from pydantic import ValidationError

from clioscope.errors import SettingsError
from clioscope.settings import Settings, load_settings


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('seed = 3\n[clustering]\nmethod = "kmeans"\nclusters = 4\n[facets]\nuse = ["request"]\n')
    return path


def test_keywords_lie_over_the_file_and_the_file_over_the_defaults(file) -> None:
    found = load_settings(file, clustering__method="leiden", clustering__size=None, input__sample=10)
    assert (found.seed, found.clustering.method, found.clustering.clusters) == (3, "leiden", 4)
    assert found.facets.use == ("request",)
    assert found.input.sample == 10
    assert found.clustering.neighbours == Settings().clustering.neighbours
    assert load_settings(file, seed=9).seed == 9


def test_nothing_given_is_the_defaults() -> None:
    assert load_settings() == Settings() == load_settings(seed=None, clustering__method=None)


@pytest.mark.parametrize(("once", "now"), [(True, "better"), (False, "never"), ("first", "first")])
def test_older_atlases_say_yes_or_no_to_ready_made_names(once, now) -> None:
    assert Settings.model_validate({"naming": {"ready_names": once}}).naming.ready_names == now


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"clustering__metod": "x"}, r"clustering\.metod"),
        ({"colour__red": 1}, "colour"),
        ({"seed": "soon"}, "seed"),
        ({"clustering__neighbours": 1}, r"clustering\.neighbours: Input should be greater than or equal to 2"),
        ({"embedding__smooth": 1.0}, r"embedding\.smooth"),
        ({"privacy__accept": 6}, r"privacy\.accept"),
        ({"hierarchy__builder": "magic"}, r"hierarchy\.builder.*'linkage' or 'clio'"),
        ({"model__retries": -1}, r"model\.retries"),
        ({"naming__duplicate": 0}, r"naming\.duplicate"),
        ({"facets__use": "request"}, r"facets\.use"),
        ({"clustering": 3}, "clustering"),
        ({"seed": 1, "seed__x": 2}, "seed"),
    ],
)
def test_what_makes_no_sense_is_a_sentence_that_names_the_setting(overrides, said) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(**overrides)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clustering = 3", r"mine\.toml: clustering"),
        ("[clustering]\nneighbours = 'many'", r"mine\.toml: clustering\.neighbours"),
        ("[clustering", r"mine\.toml: not valid TOML"),
        ("%PDF-1.7", r"mine\.toml: not valid TOML"),
    ],
)
def test_a_file_that_makes_no_sense_is_a_sentence_that_names_it(file, text, said) -> None:
    file.write_text(text)
    for overrides in ({}, {"clustering__clusters": 3}):
        with pytest.raises(SettingsError, match=said):
            load_settings(file, **overrides)


def test_a_file_that_is_no_text_or_not_there_is_a_sentence(file, tmp_path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(file)
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(SettingsError, match="cannot be read"):
            load_settings(path)


def test_settings_are_frozen_and_survive_json() -> None:
    settings = load_settings(clustering__options={"resolution": 2}, facets__define=({"name": "mood"},))
    with pytest.raises(ValidationError):
        settings.seed = 3
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


def test_every_default_is_valid_and_every_setting_says_what_it_is() -> None:
    Settings.model_validate(Settings().model_dump())
    assert Settings.model_fields["seed"].description
    sections = {name: field.annotation for name, field in Settings.model_fields.items() if name != "seed"}
    for name, section in sections.items():
        for setting, field in section.model_fields.items():
            assert len(field.description) > 25 and field.description.endswith((".", ")")), f"{name}.{setting}"


@pytest.mark.parametrize("said", ["none", "None", " NONE "])
def test_no_model_is_said_in_one_word(said, tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'[model]\nname = "{said}"\n')
    for found in (load_settings(model__name=said), load_settings(file), Settings(model={"name": said})):
        assert found.model.name is None
    assert load_settings(file, model__name="fake").model.name == "fake"
    assert load_settings(model__name=None).model.name == Settings().model.name  # nothing given


def test_the_names_of_earlier_files_and_atlases_are_read(tmp_path) -> None:
    file = tmp_path / "old.toml"
    file.write_text("[codebook]\nnone = 0.2\n[clustering]\nnone = 0.05\nneighbours = 9\n")
    found = load_settings(file)
    assert (found.codebook.false_refusals, found.clustering.set_apart, found.clustering.neighbours) == (0.2, 0.05, 9)
    assert "none" not in found.model_dump()["codebook"] and "none" not in found.model_dump()["clustering"]
    assert load_settings(file, codebook__false_refusals=0.3).codebook.false_refusals == 0.3
    with pytest.raises(SettingsError, match=r"clustering\.set_apart"):
        load_settings(clustering__none=0.7)
