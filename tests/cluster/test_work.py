"""Sizes of blocks, and what Ray says of an error."""

import pytest

from clioscope.cluster.work import block_rows, reason_of


@pytest.mark.parametrize(
    ("rows", "least", "size"), [(0, 32, 32), (100, 32, 32), (200_000, 32, 100), (10_000_000, 32, 2048)]
)
def test_blocks_grow_with_the_work(rows, least, size) -> None:
    assert block_rows(rows, least) == size


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("no such column"), "no such column"),
        (RuntimeError(""), "RuntimeError"),
        (
            RuntimeError(
                "ray::Map()\n  File 'x', line 1\nOSError: disk full.\n\nray.exceptions.UserCodeException: UDF"
            ),
            "OSError: disk full",
        ),
        (RuntimeError("The actor died unexpectedly before finishing this task.\n\tclass_name: W"), "The actor died un"),
    ],
)
def test_the_words_that_say_what_went_wrong(error, words) -> None:
    assert reason_of(error).startswith(words)
    assert "\n" not in reason_of(error)
