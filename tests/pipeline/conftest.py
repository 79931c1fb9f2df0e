"""An atlas of which the model was asked about few conversations, for the tests that ask and that infer."""

import pytest
from conftest import fake_settings, two_languages, write_jsonl

import clioscope


def asking(ask, **settings):
    return fake_settings(facets__ask=ask, **settings)


@pytest.fixture(scope="session")
def few():
    """Settings of a build by the fake model, by the number of conversations that it is asked about."""
    return asking


@pytest.fixture(scope="session")
def path(tmp_path_factory):
    """A file of 240 conversations, every third one in Russian."""
    return write_jsonl(tmp_path_factory.mktemp("input") / "chats.jsonl", two_languages(240))


@pytest.fixture(scope="session")
def atlas(path, tmp_path_factory):
    """An atlas of these, 60 of which the model was asked about; tests only read it or measure it."""
    return clioscope.build(path, tmp_path_factory.mktemp("few") / "atlas", asking(60))
