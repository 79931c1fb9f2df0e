"""What can be wrong with a title: a number, a list, the words of its children or of one member."""

import pytest

from clioscope.conversations.texts.titles import copies_one, is_list, joins, numbered, stems, without_number


@pytest.mark.parametrize(
    ("title", "without"),
    [
        ("Write code (2)", "Write code"),
        ("Write code (IV)", "Write code"),
        ("Write code 2", "Write code"),
        ("Write code II", "Write code"),
        ("f(x)", "f(x)"),
        ("Learn C (programming)", "Learn C (programming)"),
        ("2", "2"),
    ],
)
def test_a_number_at_the_end(title: str, without: str) -> None:
    assert without_number(title) == without
    assert numbered(title) is (title != without and ")" in title)


def test_a_bare_number_goes_beside_its_like_only() -> None:
    titles = ["Write code", "write Code II", "Bake (3)", "Henry II", "Trip 1", "Trip 2"]
    assert stems(titles) == ["write code", "write code", "bake", "henry ii", "trip", "trip"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Emails, letters and reports", True),
        ("Emails, letters, and reports", True),
        ("Cats and dogs and birds", True),
        ("Письма, отчёты и статьи", True),
        ("Briefe, Berichte und Artikel", True),
        ("小说、诗歌、剧本", True),
        ("Repair cars and bikes", False),
        ("Write code: debug Python, fix CI/CD", False),
        ("Count 10,000,000 stars", False),
    ],
)
def test_a_list_has_three_parts(title: str, expected: bool) -> None:
    assert is_list(title) is expected


def test_a_title_made_of_its_childrens() -> None:
    children = ["Bake rye bread", "Write love poems", "Mend cars"]
    assert joins("Bake rye bread and write love poems", children)
    assert not joins("Bake rye bread at home", children)
    assert not joins("Crafts of all kinds", children)
    assert not joins("Bake rye bread", ["Bake rye bread", "Bread: bake rye"]), "two of the same words are one"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Build a Docker image for a React Gatsby frontend", True),  # the beginning of a member
        ("build a docker image for a react gatsby frontend and push it", True),
        ("Write a poem about snow in winter, short", True),  # nearly all words of a member
        ("Build Docker images", False),
        ("Translate text", False),  # too short to be anyone's
        ("Help with software", False),
    ],
)
def test_a_copy_of_one_member(title: str, expected: bool) -> None:
    members = [
        "Build a Docker image for a React Gatsby frontend and push it to a registry",
        "Write a short poem about snow in winter",
        "Translate text",
        "Fix a loop",
    ]
    assert copies_one(title, members) is expected


def test_what_many_members_say_is_no_copy() -> None:
    members = ["Write a poem about snow"] * 3 + [f"Sing song number {n} please" for n in range(17)]
    assert not copies_one("Write a poem about snow", members)
    assert copies_one("Sing song number 4 please", members)
    assert not copies_one("Any title at all", [])
