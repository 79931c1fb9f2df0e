"""What a server serves."""

import pytest

from clioscope.errors import ModelError
from clioscope.models.served import served_models


def test_its_models_by_name(server) -> None:
    server.models = ["tiny", "large"]
    assert served_models(server.address) == ["tiny", "large"]
    server.models = []
    assert served_models(server.address) == []


@pytest.mark.parametrize(
    ("status", "value", "said"),
    [
        (401, {"error": {"message": "who are you"}}, "the key is refused; set CLIOSCOPE_API_KEY"),
        (403, {"error": {"message": "no"}}, "the key is refused"),
        (404, {"error": {"message": "no such page"}}, "cannot list the models"),
        (200, {"models": []}, r"no list of models\); does it end in /v1"),
        (200, [1], "not an OpenAI-compatible address"),
    ],
)
def test_what_goes_wrong_is_one_sentence(server, monkeypatch, status, value, said) -> None:
    monkeypatch.setattr(server.RequestHandlerClass, "do_GET", lambda handler: handler.json(status, value))
    with pytest.raises(ModelError, match=said) as caught:
        served_models(server.address)
    assert str(caught.value).startswith(server.address)


def test_a_page_for_people_is_no_list_of_models(server, monkeypatch) -> None:
    monkeypatch.setattr(server.RequestHandlerClass, "do_GET", lambda handler: server.page(handler, {}))
    with pytest.raises(ModelError, match="not an OpenAI-compatible address"):
        served_models(server.address)


def test_nobody_there_is_one_sentence(server) -> None:
    address = server.address
    server.stop()
    with pytest.raises(ModelError, match="is the server up"):
        served_models(address, timeout=5)


def test_entries_without_a_name_are_passed_over(server, monkeypatch) -> None:
    data = {"data": [{"id": "m"}, {"name": "x"}, "y", {"id": 7}]}
    monkeypatch.setattr(server.RequestHandlerClass, "do_GET", lambda handler: handler.json(200, data))
    assert served_models(server.address) == ["m", "7"]
