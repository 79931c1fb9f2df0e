"""Progress in a notebook: pictures of one block."""

from clioscope.notebook.progress import NotebookReporter, in_notebook
from clioscope.pipeline.forecast import Forecast


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reporter():
    clock, shown = Clock(), []
    return NotebookReporter(clock, shown.append), clock, shown


def test_a_stage_has_a_bar_and_ends_with_its_time() -> None:
    told, clock, shown = reporter()
    with told:
        told.begin("facets")
        for done in range(1, 41):
            clock.now += 1.0
            told.step("facets", done, 40)
            if done == 20:
                assert '<progress max="40" value="20">' in shown[-1] and "20 of 40, 20 s left" in shown[-1]
        told.end("facets", 40.0, True)
        told.end("layout", 0.0, False)
    assert "facets 40.0 s · layout unchanged" in shown[-1]
    assert "<progress" not in shown[-1]


def test_steps_in_quick_succession_are_one_picture() -> None:
    told, clock, shown = reporter()
    told.begin("texts")
    before = len(shown)
    for done in range(1000):
        clock.now += 0.001
        told.step("texts", done, 1000)
    assert len(shown) - before <= 3


def test_sentences_and_waits_are_text() -> None:
    told, clock, shown = reporter()
    told.begin("facets")
    told.say("read <b>60</b> records")
    clock.now = 10
    told.wait("facets", 3.2, "the server says <slow>")
    assert "read &lt;b&gt;60&lt;/b&gt; records" in shown[-1]
    assert "waiting 4 s: the server says &lt;slow&gt;" in shown[-1]


def test_an_error_leaves_the_stage_that_stopped() -> None:
    told, _, shown = reporter()
    try:
        with told:
            told.begin("names")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert "names" in shown[-1] and "stopped" in shown[-1]


def test_a_test_is_no_notebook() -> None:
    assert not in_notebook()
    assert Forecast(Clock()).left() is None
