"""Words that may name a group."""

from clioscope.privacy.guarantee.words import best_words, name_of, telling_words, word_counts


def test_words_that_any_request_may_have_do_not_count():
    text = "Please help me write a PYTHON function: how do I sort 12 tables by key_2, and the table, in Python?"
    assert telling_words(text, 10) == ("python", "function", "sort", "tables", "table")
    assert telling_words(text, 2) == ("python", "function")
    assert telling_words("", 5) == ()


def test_scripts_without_blanks_have_words_too():
    assert len(telling_words("请帮我写一个关于银行贷款的问题", 5)) >= 2


def test_each_conversation_adds_a_word_once_to_its_group():
    counts = word_counts([0, 0, 1], [0, 2], [("bread", "oven"), ("rye",), ("bread",)])
    assert counts == {"0\tbread": 1, "0\toven": 1, "1\tbread": 1}


def test_the_best_words_are_commoner_here_than_elsewhere():
    counts = {0: {"card": 80, "today": 60}, 1: {"recipe": 50, "today": 90}}
    best = best_words(counts, {0: 100, 1: 100}, 3)
    assert best == {0: ["card"], 1: ["recipe", "today"]}
    assert name_of(best[1]) == "Recipe, today"
    assert name_of([]) == ""
    assert best_words({0: {}}, {0: 10}, 3) == {0: []}
