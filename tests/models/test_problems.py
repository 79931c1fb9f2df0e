"""Which problems end a run."""

import json

import pytest

from clioscope.errors import ModelError
from clioscope.models.asker import Asker
from clioscope.models.chat import ChatRequest
from clioscope.models.fake import FakeModel
from clioscope.models.problems import Unanswered, Unreachable
from clioscope.models.store import Store

REQUESTS = [
    ChatRequest(messages=(("user", f"bread {number}"),), schema={"properties": {"a": {}}}) for number in range(8)
]


class Raises(FakeModel):
    """Fails at the second question."""

    def __init__(self, error):
        super().__init__(concurrency=1)
        self.error = error

    async def complete(self, request):
        if self.calls == 1:
            self.calls += 1
            raise self.error
        return await super().complete(request)


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (Unanswered("too long"), False),
        (Unanswered("time-out", server=True), False),
        (ModelError("the key is refused"), True),
    ],
)
def test_one_question_without_an_answer_does_not_end_the_run(tmp_path, error, ends) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        asker = Asker(Raises(error), store, retries=0, concurrency=1)
        if ends:
            with pytest.raises(ModelError, match="the key is refused"):
                asker.ask("facets", REQUESTS, json.loads)
            return
        answers = asker.ask("facets", REQUESTS, json.loads)
    assert [answer is None for answer in answers] == [False, True, *[False] * 6]
    assert asker.ledger.frame()["reason"].to_list() == [str(error)]


def test_all_are_model_errors_with_their_reason() -> None:
    assert issubclass(Unanswered, ModelError) and issubclass(Unreachable, ModelError)
    assert (str(Unanswered("why")), Unanswered("why").server) == ("why", False)
    assert Unanswered("why", server=True).server
