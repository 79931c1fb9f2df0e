from clioscope.models.store import Store
from clioscope.pipeline.askers import Askers
from clioscope.settings import ModelSettings, NamingSettings, Settings


def askers(tmp_path, model, naming=None):
    store = Store(tmp_path / "answers.sqlite")
    settings = Settings(model=ModelSettings(name=model), naming=NamingSettings(model=naming))
    return Askers(settings, lambda: store, lambda stage, done, total: None)


def test_one_model_answers_all_stages_unless_names_have_their_own(tmp_path) -> None:
    one = askers(tmp_path, "fake")
    assert one.key("chat") == one.key("naming") == one.key("naming")
    assert one.ask("facets", "chat").model is one.ask("tree", "naming").model
    assert list(one.ids) == ["chat"]


def test_a_second_model_names(tmp_path) -> None:
    two = askers(tmp_path, "fake", "fake:nonsense")
    assert two.key("chat") == two.key("chat") != two.key("naming") == two.key("naming")
    facets, names = two.ask("facets", "chat"), two.ask("names", "naming")
    assert facets.model.id != names.model.id
    assert two.ids == {"chat": facets.model.id, "naming": names.model.id}
    assert facets.account is names.account and facets.ledger is names.ledger


def test_without_a_model_nobody_answers(tmp_path) -> None:
    none = askers(tmp_path, None, "fake")
    assert none.ask("names", "naming") is None
    assert none.key("naming") is None


def test_only_models_of_these_settings_stand_in_the_manifest(tmp_path) -> None:
    """A rebuild keeps what answered before; a model that is no longer used must not stay an author."""
    before = {"chat": "fake@1", "naming": "fake@2"}
    assert askers(tmp_path, "fake", "fake:nonsense").models(before) == before
    assert askers(tmp_path, "fake").models(before) == {"chat": "fake@1"}
    assert askers(tmp_path, None).models(before) == {"chat": None}
    assert askers(tmp_path, "fake", "fake:nonsense").models({}) == {"chat": "fake", "naming": "fake:nonsense"}


def test_a_pause_is_told_with_the_stage_that_waits(tmp_path) -> None:
    told = []
    settings = Settings(model=ModelSettings(name="http://127.0.0.1:9/v1 tiny"))
    store = Store(tmp_path / "answers.sqlite")
    desk = Askers(settings, lambda: store, lambda *step: None, lambda *pause: told.append(pause))
    desk.ask("facets", "chat").model.pace.pause(12.0, "the server's rate limit")
    desk.ask("tree", "naming").model.pace.pause(30.0, "the server is overloaded")
    assert told == [("facets", 12.0, "the server's rate limit"), ("tree", 30.0, "the server is overloaded")]


def test_a_cluster_is_asked_about_conversations_and_engines_about_all(tmp_path) -> None:
    from clioscope.cluster.model import RayModel
    from clioscope.cluster.place import ClusterPlace
    from clioscope.models.batch.waits import Waits
    from clioscope.models.client import OpenAIClient
    from clioscope.settings import ClusterSettings

    store, cluster = Store(tmp_path / "answers.sqlite"), ClusterSettings(on="ray")
    place = ClusterPlace(cluster, tmp_path)

    def desk(name):
        settings = Settings(model=ModelSettings(name=name), cluster=cluster)
        return Askers(settings, lambda: store, lambda *step: None, cluster=lambda: place)

    served = desk("http://127.0.0.1:9/v1 tiny")
    assert isinstance(served.ask("facets", "chat").model, RayModel)
    assert isinstance(served.ask("names", "naming").model, OpenAIClient)
    assert served.ids == {"chat": "tiny"}
    engines = desk("vllm:some/model")
    model = engines.ask("facets", "chat").model
    assert isinstance(model, RayModel) and engines.ask("names", "naming").model is model
    waiting = desk("http://127.0.0.1:9/v1 tiny")
    waiting.waits = Waits(tmp_path / "waiting.sqlite", store)
    assert not isinstance(waiting.ask("facets", "chat").model, RayModel)
    waiting.waits.close()
