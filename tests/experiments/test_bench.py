"""Models asked without their chat template."""

import pytest

from clioscope.errors import ModelError
from clioscope.experiments import Bench
from clioscope.experiments.bench import as_completion
from clioscope.models.account import Account
from clioscope.models.chat import ChatRequest
from clioscope.models.client import OpenAIClient
from clioscope.models.profile import Profile
from clioscope.models.wire import body_of

REQUEST = ChatRequest((("system", "Say."), ("user", "a"), ("assistant", "b"), ("user", "c")))


def test_one_text_goes_to_the_completions_endpoint():
    model = as_completion(OpenAIClient("http://127.0.0.1:1/v1", "m"))
    path, body = body_of(REQUEST, "m", Profile(), model.habits)
    assert (path, model.id) == ("/completions", "m completion")
    assert body["prompt"].startswith("### Instructions\nSay.") and body["prompt"].endswith("c\n\n### Answer\n")


def test_weights_in_this_process_go_without_their_template(tiny):
    from clioscope.models.in_process import InProcessModel

    model = as_completion(InProcessModel(tiny))
    assert model.place.profile.endpoint == "completion" and model.id.endswith(" completion")
    model.close()


def test_a_model_that_keeps_its_template_is_refused():
    class Mine:
        id, concurrency = "mine", 1

    with pytest.raises(ModelError, match="mine: cannot be asked without its chat template"):
        as_completion(Mine())


def test_with_and_without_template_are_two_models():
    bench = Bench(models=("fake",))
    ids = [bench.ask(Account(), completion=one).model.id for one in (False, True, False)]
    bench.close()
    assert ids == ["fake", "fake completion", "fake"]
