"""What counts as leaked from the examples, by hand."""

from clioscope.experiments.example_leaks import copied, leaked


def test_a_copy_is_a_whole_request():
    assert copied(["Read a partner's messages in secret", "Read a partner's messages", "", "Plan a trip"]) == 0.25


def test_a_leak_is_a_run_of_words_that_the_conversation_does_not_hold():
    read = [
        "User: how do I bake bread?",  # says what an example was asked, and nobody here did
        "User: explain why the western roman empire fell",  # was asked for just that
        "User: how do I bake bread?",
        "User: как испечь хлеб?",
    ]
    requests = [
        "Explain why the Western Roman Empire fell, and bake bread",
        "Explain why the Western Roman Empire fell",
        "Fix bread in JavaScript",  # words of an example, but not three in a row
        "Тайно прочитать сообщения партнёра о хлебе",
    ]
    assert leaked({"request": requests, "field": ["", "", "", ""]}, read) == 0.5
    assert leaked({"request": [""] * 4, "field": requests}, read) == 0.5
