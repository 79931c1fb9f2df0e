"""Which category a text gets, and which fits none: with vectors that are made of words."""

import numpy as np
import pytest
from codebook_words import encode

from clioscope.codebook.match import Texts, make_matcher
from clioscope.codebook.phrases import phrases
from clioscope.codebook.place import Taught, place_conversations
from clioscope.settings import Category, CodebookSettings
from clioscope.vectors.unit import unit_rows

FOOD = Category(code="food", name="Food", description="rye bread, sweet bread, bread soup and bread salad")
TRIPS = Category(code="trips", name="Trips", description="hotel trains, hotel maps, hotel tickets")
BOOK = CodebookSettings(categories=(FOOD, TRIPS))


def test_the_parts_of_a_description() -> None:
    assert phrases(FOOD) == ["Food", "rye bread", "sweet bread", "bread soup", "bread salad"]
    ru = Category(code="r", name="Еда", description="хлеб и соль; суп", examples=("Как испечь хлеб?",))
    assert phrases(ru) == ["Еда", "хлеб", "соль", "суп", "Как испечь хлеб?"]


def test_a_text_gets_the_category_with_one_part_like_it() -> None:
    texts = ["bread", "salad with soup", "hotel near trains", "tickets"]
    placed = place_conversations(encode(texts), BOOK, encode)
    assert placed.codes == ["food", "food", "trips", "trips"]


def test_what_fits_none_and_what_takes_the_rest() -> None:
    texts = ["bread", "program code", "hotel", "statistics charts"]
    assert place_conversations(encode(texts), BOOK, encode).codes == ["food", None, "trips", None]
    rest = Category(code="rest", name="Other", rest=True)
    more = BOOK.model_copy(update={"categories": (*BOOK.categories, rest)})
    assert place_conversations(encode(texts), more, encode).codes == ["food", "rest", "trips", "rest"]
    never = BOOK.model_copy(update={"false_refusals": 0.0})
    assert None not in place_conversations(encode(texts), never, encode).codes


def test_what_the_model_said_stands() -> None:
    said = ["Trips", "none of these", None]
    assert place_conversations(encode(["bread", "sweet", "soup"]), BOOK, encode, said).codes == ["trips", None, "food"]


def test_many_answers_teach_the_others() -> None:
    generator = np.random.default_rng(0)
    kinds = generator.integers(0, 2, 120)
    rows = unit_rows(np.eye(512, dtype=np.float32)[500 + kinds] + 0.02 * generator.normal(size=(120, 512)))
    answers = [("Food", "Trips")[kind] for kind in kinds]
    placed = place_conversations(rows[100:], BOOK, encode, None, Taught(rows[:100], answers[:100]))
    assert placed.codes == [("food", "trips")[kind] for kind in kinds[100:]], "words that no category lists"


def test_a_text_is_judged_without_itself() -> None:
    texts = Texts(np.eye(3, dtype=np.float32)[[0, 0, 1, 2]], np.array([0, 0, 0, 1]))
    own = texts.without_itself()
    assert own[0] == own[1] > own[2] and np.isnan(own[3])


def test_scores_do_not_hang_on_the_other_conversations() -> None:
    matcher = make_matcher(BOOK.categories, encode, 0.1)
    rows = encode(["bread", "program code", "hotel"])
    alone = np.concatenate([matcher.match(rows[[at]])[0] for at in range(3)])
    assert matcher.match(rows)[0] == pytest.approx(alone)
