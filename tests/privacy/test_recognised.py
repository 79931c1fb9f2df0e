"""What a recogniser objects to in names, before the auditor."""

from clioscope.privacy.audit import audit_labels
from clioscope.privacy.recognised import recognise_by, recognised_scores
from clioscope.recognisers import Found, recognisers
from clioscope.recognisers.writers import Writers
from clioscope.settings import PrivacySettings
from clioscope.testing import trial

KINDS = {"Imogen": "person", "Vargas": "organisation", "Oslo": "place", "a@b.example": "identifier", "Java": "person"}


class Words:
    """Finds words of one list."""

    id = "words-1"

    def find(self, texts):
        return [
            sorted(
                Found(text.index(word), text.index(word) + len(word), kind)
                for word, kind in KINDS.items()
                if word in text
            )
            for text in texts
        ]


def scores(labels, written=("bread",) * 9, least=2):
    return recognised_scores(labels, Words(), Writers(list(written)), least)


def test_each_kind_has_its_score():
    labels = [
        ("Letters to Imogen", ""),
        ("Jobs at Vargas", ""),
        ("", "In Oslo."),
        ("Mail a@b.example", ""),
        ("Tea", ""),
    ]
    assert scores(labels) == [1, 2, 2, 1, 5]


def test_what_is_ready_made_in_a_name_is_not_looked_at():
    labels = [("Write Java programs", ""), ("Write Java programs: Imogen", ""), ("Java", ""), ("Write emails", "Java.")]
    assert scores(labels) == [5, 1, 1, 1]


def test_a_name_that_enough_people_wrote_is_a_topic_and_an_identifier_never():
    written = ["Imogen and a@b.example", "imogen a@b.example", "bread"]
    assert scores([("Imogen", ""), ("Mail a@b.example", "")], written) == [5, 1]


def test_without_a_model_what_it_objects_to_is_withheld():
    verdicts = audit_labels(
        [("Letters to Imogen", "x"), ("Tea", "y")], PrivacySettings(), ask=None, recognise=lambda labels: scores(labels)
    )
    assert [(verdict.action, verdict.score) for verdict in verdicts] == [("withheld", 1), ("unaudited", None)]


def test_without_an_audit_it_is_not_asked():
    verdicts = audit_labels([("Imogen", "")], PrivacySettings(audit=False), ask=None, recognise=lambda labels: [1])
    assert verdicts[0].action == "unaudited"


def test_texts_are_read_once_and_only_for_names_to_score():
    read = []

    def texts():
        read.append(1)
        return ["bread by Imogen", "tea"], [["anna"], ["bert"]]

    with trial():
        recognisers.register("words")(lambda rest: Words())
        scored = recognise_by(PrivacySettings(recognisers=("words",)), texts)
        assert recognise_by(PrivacySettings(recognisers=("words",), audit=False), texts) is None
    assert recognise_by(PrivacySettings(recognisers=()), texts) is None
    assert scored([]) == [] and not read
    assert scored([("Letters to Imogen", ""), ("Tea", "")]) == [1, 5] and scored([("Oslo", "")]) == [2]
    assert len(read) == 1
