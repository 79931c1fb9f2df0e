"""What the rows that come back mean."""

import json

import pytest

from clioscope.models.batch.replies import BrokenLine, read_line, reply_of

DONE = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}


def test_a_completion_of_openai_azure_vllm_and_mistral() -> None:
    row = {
        "id": "b",
        "custom_id": "k",
        "response": {"status_code": 200, "request_id": "r", "body": DONE},
        "error": None,
    }
    assert read_line(json.dumps(row).encode()) == ("k", reply_of(row))
    assert reply_of(row).body == DONE
    assert reply_of({"custom_id": "k", "response": DONE}).body == DONE  # without status, as some print it


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        ({"status_code": 429, "body": {"error": {"message": "Rate limit"}}}, "busy", "Rate limit"),
        ({"status_code": 500, "body": None}, "passing", "no reason given"),
        ({"status_code": 500, "body": "<html><title>Down</title></html>"}, "passing", 'the page "Down"'),
        ({"status_code": 400, "body": {"message": "bad", "object": "error", "code": 400}}, "question", "bad"),
        ({"status_code": 200, "body": {"error": {"message": "oops"}}}, "passing", "oops"),
        ({"status_code": 200, "body": {"choices": []}}, "passing", "the reply has no choices"),
        ({"status_code": 400, "body": {"error": {"message": "x", "code": "content_filter"}}}, "filtered", "x"),
    ],
)
def test_a_reply_with_a_fault(response, kind, words) -> None:
    fault = reply_of({"custom_id": "k", "response": response, "error": None}).fault
    assert (fault.kind, fault.words) == (kind, words)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": "batch_expired", "message": "It expired."}, "batch_expired: It expired"),
        ({"code": "batch_cancelled"}, "batch_cancelled"),
        ({"code": "request_timeout", "message": "late"}, "request_timeout: late"),
        ("something broke", "something broke"),
    ],
)
def test_an_error_without_a_response_is_the_fault_of_the_service(error, words) -> None:
    fault = reply_of({"custom_id": "k", "response": None, "error": error}).fault
    assert (fault.kind, fault.words) == ("passing", words)


def test_vllm_gives_an_error_beside_a_status() -> None:
    error = {"object": "error", "message": "too long: maximum context length is 8", "code": 400}
    row = {"custom_id": "k", "response": {"status_code": 400, "request_id": "r", "body": None}, "error": error}
    assert reply_of(row).fault.kind == "too long"


def message(**fields) -> dict:
    said = {"content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn", "usage": {}}
    return {"custom_id": "k", "result": {"type": "succeeded", "message": said | fields}}


def test_a_message_of_anthropic_is_a_completion() -> None:
    usage = {"input_tokens": 5, "cache_read_input_tokens": 6, "output_tokens": 7, "service_tier": "batch"}
    body = reply_of(message(usage=usage)).body
    assert body["choices"] == [{"message": {"content": "hi"}, "finish_reason": "stop"}]
    assert body["usage"] == {"prompt_tokens": 11, "completion_tokens": 7}
    assert reply_of(message(stop_reason="max_tokens")).body["choices"][0]["finish_reason"] == "length"
    refused = reply_of(message(stop_reason="refusal", content=[])).body["choices"][0]["message"]
    assert refused == {"content": "", "refusal": "stop_reason: refusal"}


OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "o"}}


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"type": "expired"}, "passing"),
        ({"type": "canceled"}, "passing"),
        (
            {"type": "errored", "error": {"type": "error", "error": {"type": "overloaded_error", "message": "o"}}},
            "overloaded",
        ),
        ({"type": "errored", "error": {"type": "invalid_request_error", "message": "temperature: bad"}}, "question"),
        ({"type": "errored", "error": None}, "passing"),
    ],
)
def test_a_message_that_did_not_come(result, kind) -> None:
    assert reply_of({"custom_id": "k", "result": result}).fault.kind == kind


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "the line: is no JSON"),
        ("[1]", "the line: is no JSON object"),
        ("{}", "custom_id: is missing"),
        ('{"custom_id": 7}', "custom_id: is no text"),
        ('{"custom_id": "k"}', "response: is missing, and so is error"),
        ('{"custom_id": "k", "body": {}}', "this is a line of questions"),
        ('{"custom_id": "k", "params": {}}', "this is a line of questions"),
        ('{"custom_id": "k", "response": 3}', "response: is no object"),
        ('{"custom_id": "k", "response": {"status_code": "200"}}', "response.status_code: is no whole number"),
        ('{"custom_id": "k", "response": {"status_code": 200}}', "response.body: is missing"),
        ('{"custom_id": "k", "response": {"body": {"a": 1}}}', "response.body.choices: is no list"),
        ('{"custom_id": "k", "result": {}}', "result.type: is missing"),
        ('{"custom_id": "k", "result": {"type": "odd"}}', "result.type: is 'odd'"),
        ('{"custom_id": "k", "result": {"type": "succeeded"}}', "result.message: is missing"),
        ('{"custom_id": "k", "result": {"type": "succeeded", "message": {}}}', "result.message.content: is no list"),
        ("\x00\xff", "the line: is no JSON"),
    ],
)
def test_a_broken_line_names_its_field(line, said) -> None:
    with pytest.raises(BrokenLine) as caught:
        read_line(line.encode("latin-1"))
    assert said in str(caught.value)
