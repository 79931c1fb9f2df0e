"""The phrases that texts hold."""

from clioscope.naming.held_phrases import Written, held_phrases, phrases_of


def english(*texts: str) -> list[Written]:
    return [Written(text, "en") for text in texts]


def test_phrases_are_counted_once_a_text_and_stand_in_order() -> None:
    texts = english("rye bread, rye bread", "bread", "", "a poem on rye bread")
    phrases, presence, holders = held_phrases(texts, 100)
    assert phrases == sorted({key for text in texts for key, _ in phrases_of(text)})
    assert presence.toarray().sum(axis=0).tolist() == [
        sum(phrase in dict(phrases_of(text)) for text in texts) for phrase in phrases
    ]
    assert (presence != holders).nnz == 0


def test_of_too_many_phrases_the_most_frequent_are_kept_and_always_the_same() -> None:
    texts = english(*(f"bread word{number} other{number}" for number in range(30)))
    few = held_phrases(texts, 5)
    assert len(few.phrases) == 5 and "bread" in few.phrases
    assert held_phrases(texts[::-1], 5).phrases == few.phrases


def test_texts_without_a_word() -> None:
    assert held_phrases([], 5).phrases == held_phrases(english("", "…"), 5).phrases == []


def test_the_forms_of_a_word_have_one_key() -> None:
    found = held_phrases([Written(text, "ru") for text in ("Игра для детей", "они любят игру", "мы играем в игры")], 50)
    column = found.phrases.index("игра")
    assert found.presence.toarray()[:, column].tolist() == [1, 1, 1]
    assert dict(phrases_of(Written("также новой игре", "ru"))).get("игра") == "игре"
    assert list(phrases_of(Written("они также очень", "ru"))) == []
    assert dict(phrases_of(Written("new games", "en")))["games"] == "games"
