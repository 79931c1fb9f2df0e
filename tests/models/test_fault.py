"""What providers say when they do not answer."""

import json

import pytest

from clioscope.models.fault import fault_in, read_fault


def error(message, **fields):
    return json.dumps({"error": {"message": message, **fields}})


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (402, error("Insufficient Balance"), "credit"),
        (429, error("You exceeded your current quota, please check your plan.", code="insufficient_quota"), "credit"),
        (429, error("pay", type="insufficient_quota"), "credit"),
        (429, error("Your account is suspended, please recharge", type="exceeded_current_quota_error"), "credit"),
        (400, error("Your credit balance is too low to access the API."), "credit"),
        (400, error("Budget has been exceeded! Current cost: 5, Max budget: 5"), "credit"),
        (403, error("Key limit exceeded (monthly usage limit)."), "credit"),
        (400, json.dumps({"code": "Arrearage", "message": "Access denied"}), "credit"),
        (401, error("No auth credentials found"), "key"),
        (403, error("Country not supported"), "key"),
        (400, error("API key not valid. Please pass a valid API key.", status="INVALID_ARGUMENT"), "key"),
        (404, error("The model `x` does not exist", code="model_not_found"), "model"),
        (403, error("Project has no access to model `x`", code="model_not_found"), "model"),
        (404, error('model "x" not found, try pulling it first'), "model"),
        (404, error("The API deployment for this resource does not exist.", code="DeploymentNotFound"), "model"),
        (404, error("No endpoints found for some/model."), "model"),
        (400, error("some/x is not a valid model ID"), "model"),
        (400, error("The model `x` has been decommissioned", code="model_decommissioned"), "model"),
        (404, error("model: tiny-3", type="not_found_error"), "model"),
        (404, "404 page not found", "place"),
        (404, '{"detail":"Not Found"}', "place"),
        (405, '{"detail":"Method Not Allowed"}', "place"),
        (429, error("Rate limit reached", code="rate_limit_exceeded"), "busy"),
        (429, "", "busy"),
        (429, error("Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 requests"), "busy"),
        (429, error("Request too large for m on tokens per min: Limit 30000, Requested 50000"), "too long"),
        (413, "<html><title>413 Request Entity Too Large</title></html>", "too long"),
        (400, error("This model's maximum context length is 4096 tokens"), "too long"),
        (529, error("Overloaded", type="overloaded_error"), "overloaded"),
        (503, error("The engine is currently overloaded"), "overloaded"),
        (503, error("Service Unavailable"), "passing"),
        (500, "", "passing"),
        (502, "<html><head><title>502 Bad Gateway</title></head></html>", "passing"),
        (408, "", "passing"),
        (400, error("The response was filtered", code="content_filter"), "filtered"),
        (400, error("no", innererror={"code": "ResponsibleAIPolicyViolation"}), "filtered"),
        (400, error("triggering Azure OpenAI's content management policy"), "filtered"),
        (403, error("Your chosen model requires moderation and your input was flagged"), "filtered"),
        (400, error("Unsupported parameter: 'max_tokens' is not supported with this model."), "question"),
        (402, error("requires fewer max_tokens. You requested 16384 tokens, but can only afford 4000"), "question"),
        (402, error("requires fewer max_tokens. You requested 256 tokens, but can only afford 3"), "credit"),
        (400, error("response_format is not supported"), "question"),
        (422, '{"detail": [{"loc": ["body"], "msg": "field required"}]}', "question"),
    ],
)
def test_what_a_refusal_means(status, text, kind):
    fault = read_fault(status, text, {})
    assert (fault.kind, fault.status) == (kind, status)


def test_a_quota_with_a_time_to_wait_is_a_rate_limit():
    quota = {
        "error": {
            "code": 429,
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}],
        }
    }
    fault = read_fault(429, json.dumps([quota]), {})
    assert (fault.kind, fault.wait) == ("busy", 34.0)
    del quota["error"]["details"]
    assert read_fault(429, json.dumps([quota]), {}).kind == "credit"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (error("Slow\n  down"), "Slow down"),
        ('{"error": "model is loading"}', "model is loading"),
        ('{"message": "no"}', "no"),
        ('{"detail": [{"msg": "field required"}]}', "field required"),
        ("<!DOCTYPE html><html><title>Bad &amp; worse</title><body>x</body></html>", 'the page "Bad & worse"'),
        ("<html><style>p {}</style><body>Out of order</body></html>", "a page that says: Out of order"),
        ("plain words", "plain words"),
        ("", "no reason given"),
        ("[]", "no reason given"),
        ('{"error": {"message": "Provider returned error", "metadata": {"raw": "quota at 3"}}}',
         "Provider returned error – quota at 3"),
        (error("x" * 1000), "x" * 300),
    ],
)  # fmt: skip
def test_the_providers_words(text, words):
    assert read_fault(500, text, {}).words == words


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({"error": {"message": "Upstream error: temporarily overloaded", "code": 502}}, "passing", 502),
        ({"error": {"message": "rate limited upstream", "code": 429}}, "busy", 429),
        ({"error": {"message": "Rate limit reached"}}, "busy", None),
        ({"error": {"message": "Insufficient credits", "code": 402}}, "credit", 402),
        ({"error": {"message": "Overloaded", "type": "overloaded_error"}}, "overloaded", None),
        ({"error": "Unexpected endpoint or method. (POST /chat/completions)"}, "place", None),
        ({"error": {"message": "who knows"}}, "passing", None),
        ({"choices": [{"error": {"message": "Provider died", "code": 502}, "finish_reason": "error"}]}, "passing", 502),
        ([{"error": {"message": "API key not valid", "code": 400}}], "key", 400),
        ("<html><title>Sign in</title></html>", "place", None),
        ("", "passing", None),
    ],
)
def test_faults_that_come_with_status_200(body, kind, status):
    fault = fault_in(body)
    assert (fault.kind, fault.status) == (kind, status)


@pytest.mark.parametrize(
    "body", [{"choices": [{"message": {"content": "x"}}], "error": None}, {"tokens": [1]}, {"prompt": "x"}, {}, None]
)
def test_a_reply_without_a_fault(body):
    assert fault_in(body) is None
