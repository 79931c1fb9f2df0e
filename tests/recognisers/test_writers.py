"""How many people wrote a name."""

from clioscope.recognisers.writers import Writers


def test_people_are_counted_and_not_texts():
    writers = Writers(["Ask Tobias Varga", "tobias varga again", "Varga alone"], [["u1"], ["u1"], ["u2"]])
    assert writers.people(["Tobias Varga", "Varga", "Imogen"]) == {"Tobias Varga": 1, "Varga": 2, "Imogen": 0}


def test_a_text_without_a_user_is_a_person_of_its_own():
    assert Writers(["Shakespeare's plays", "on shakespeare"]).people(["Shakespeare"]) == {"Shakespeare": 2}


def test_russian_names_count_in_any_case():
    writers = Writers(["письмо Игорю Селиванову", "Игорь Селиванов пишет", "селёдка под шубой"])
    assert writers.people(["Игоря Селиванова"]) == {"Игоря Селиванова": 2}


def test_in_a_small_collection_everybody_is_enough():
    assert Writers(["a", "b"], [["u1"], ["u1"]]).least(5) == 1
    assert Writers(["a"] * 9).least(5) == 5


def test_a_name_without_letters_was_written_by_nobody():
    assert Writers(["…"]).people(["…"]) == {"…": 0}
