"""How many people are behind each word of a name."""

from clioscope.privacy.word_count import MOST, WordCount, seen_words

TEXTS = [f"My head hurts, says patient number {number}" for number in range(8)]
TEXTS += ["My head hurts and I have lupus", "I have lupus too and it hurts in my head"]
OWNERS = [[f"u{number}"] for number in range(10)]


def count(owners=OWNERS, copies=None, groups=None):
    return WordCount(TEXTS, owners, copies, groups or ["a"] * 10)


def test_a_common_word_that_few_wrote_counts_them():
    assert count().people("Head hurts", range(10)) == 10
    assert count().people("Users asked about heads: lupus", range(10)) == 2
    assert count().people("Lupus", range(9)) == 1


def test_one_account_and_near_copies_are_one_person():
    assert count(owners=[["u"]] * 10).people("head", range(10)) == 1
    assert count(copies=[0] * 10).people("head", range(10)) == 1


def test_those_without_an_account_are_one_person_where_others_have_one():
    assert count(owners=[["u"]] * 5 + [[]] * 5).people("head", range(10)) == 2
    assert count(owners=[[]] * 10).people("head", range(10)) == 10


def test_words_that_say_nothing_count_as_everybodys():
    assert count().people("Users asked for this and that", range(10)) == MOST


def test_the_programs_own_sentences_count_as_everybodys():
    for sentence in (
        "Set apart by: head, hurts.",
        "Отличается словами: head, hurts.",
        "У этих разговоров мало общего.",
    ):
        assert count().people(sentence, range(10)) >= 10
    assert count().people("Отличается словами: head, lupus.", range(10)) == 2


def test_disguised_words_are_counted_as_read():
    assert seen_words("lu\u200bpus") == ["lupus"]
    assert count().people("l\u200bupus", range(10)) == 2
    for disguise in ("luрus", "l-u-p-u-s", "supul", "волчанка"):
        assert count().people(disguise, range(10)) == 0


def test_a_word_from_elsewhere_counts_only_if_it_is_common_everywhere():
    spread = count(groups=list("abcdefghij"))
    assert spread.people("hurts", []) == 10
    assert spread.people("lupus", []) == 2
    assert count().people("hurts", []) == 1
