"""The phrases that texts hold."""

from clioscope.naming.held_phrases import held_phrases, phrases_of


def test_phrases_are_counted_once_a_text_and_stand_in_order() -> None:
    texts = ["rye bread, rye bread", "bread", "", "a poem on rye bread"]
    phrases, presence, holders = held_phrases(texts, 100)
    assert phrases == sorted({phrase for text in texts for phrase in phrases_of(text)})
    assert presence.toarray().sum(axis=0).tolist() == [
        sum(phrase in set(phrases_of(text)) for text in texts) for phrase in phrases
    ]
    assert (presence != holders).nnz == 0


def test_of_too_many_phrases_the_most_frequent_are_kept_and_always_the_same() -> None:
    texts = [f"bread word{number} other{number}" for number in range(30)]
    few = held_phrases(texts, 5)
    assert len(few.phrases) == 5 and "bread" in few.phrases
    assert held_phrases(texts[::-1], 5).phrases == few.phrases


def test_texts_without_a_word() -> None:
    assert held_phrases([], 5).phrases == held_phrases(["", "…"], 5).phrases == []
