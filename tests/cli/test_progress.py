"""What the reporter says on standard error where there is no terminal."""

from clioscope.cli.progress import Reporter


def test_a_pause_is_one_line_now_and_then(capsys) -> None:
    with Reporter() as reporter:
        reporter.begin("facets")
        reporter.wait("facets", 11.2, "the server's rate limit (slow down)")
        reporter.wait("facets", 60.0, "the server's rate limit (slow down)")
    assert capsys.readouterr().err == "facets: waiting 12 s: the server's rate limit (slow down)\n"


def test_a_quiet_reporter_says_nothing(capsys) -> None:
    with Reporter(quiet=True) as reporter:
        reporter.begin("facets")
        reporter.wait("facets", 12.0, "the server's rate limit")
    assert capsys.readouterr().err == ""
