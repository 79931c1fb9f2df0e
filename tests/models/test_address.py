"""Addresses as people paste them."""

import pytest

from clioscope.models.address import read_address


@pytest.mark.parametrize(
    "text",
    [
        "http://host:8000/v1",
        "http://host:8000/v1/",
        " http://host:8000/v1/chat/completions ",
        "http://host:8000/v1/completions/",
        "http://host:8000/v1/models",
        "http://host:8000/v1/embeddings",
    ],
)
def test_the_endpoint_at_the_end_is_taken_off(text):
    assert read_address(text).base == "http://host:8000/v1"


@pytest.mark.parametrize("end", ["", "/", "/chat/completions"])
def test_an_azure_deployment_keeps_its_query(end):
    found = read_address(f"https://name.openai.azure.com/openai/deployments/my%20model{end}?api-version=2024-06-01&x=1")
    assert found.base == "https://name.openai.azure.com/openai/deployments/my%20model"
    assert found.query == {"api-version": "2024-06-01", "x": "1"}
    assert found.deployment == "my model"
    assert found.azure and found.elsewhere() == []


@pytest.mark.parametrize(
    ("text", "azure"),
    [
        ("https://name.openai.azure.com/openai/v1", True),
        ("https://gateway/llm?api-version=1", True),
        ("https://name.azure-api.net/v1", True),
        ("https://api.somebody.com/v1", False),
        ("https://azure.com.somebody.net/v1", False),
    ],
)
def test_who_wants_the_key_in_a_header_of_its_own(text, azure):
    assert read_address(text).azure is azure


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("http://host:8000", ["http://host:8000/v1", "http://host:8000/api/v1", "http://host:8000/openai/v1"]),
        ("http://host/llm/", ["http://host/llm/v1", "http://host/llm/api/v1", "http://host/llm/openai/v1"]),
        ("http://host/v1", []),
        ("http://host/v1beta/openai", []),
        ("http://host/api/v3", []),
    ],
)
def test_where_else_the_api_may_be(text, places):
    assert [place.base for place in read_address(text).elsewhere()] == places
