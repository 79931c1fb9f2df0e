"""Conversations of other people: about health, with illnesses of their own, and about other things."""

from __future__ import annotations

from random import Random

from clioscope.attack.records import Record, record
from clioscope.attack.words import ILLNESSES, SYMPTOMS, said

_PER_PERSON = 2  # conversations per person on average
_HEALTH = 0.35  # share of conversations about health

_TOPICS = {
    "en": (
        (
            "How do I bake {a} {b} without an oven that gets hot enough?",
            "Give me a recipe for {b} with {a} flour.",
            "My {b} came out {a} and flat. What went wrong with the dough?",
            ("rye", "wheat", "dark", "soft", "crisp", "thin", "sweet", "salty"),
            ("bread", "rolls", "cake", "biscuits", "pizza", "dumplings", "pie"),
        ),
        (
            "Write a python function that {a} a {b} and explain it.",
            "My code that {a} a {b} raises an error. Can you fix the bug?",
            "What is the fastest way to write a program that {a} a {b}?",
            ("sorts", "reads", "parses", "merges", "filters", "counts", "copies"),
            ("list", "file", "table", "string", "dictionary", "log", "matrix"),
        ),
        (
            "Plan a {a} trip to the {b} for my family.",
            "Which hotel near the {b} is good for a {a} holiday?",
            "What should I pack for a {a} journey to the {b}?",
            ("short", "cheap", "long", "quiet", "weekend", "summer", "winter"),
            ("mountains", "sea", "lakes", "desert", "islands", "old town", "coast"),
        ),
        (
            "Write a {a} letter to my {b} about the rent.",
            "Make this message to my {b} sound more {a}.",
            "How do I tell my {b} politely that I am leaving? Keep it {a}.",
            ("short", "friendly", "formal", "polite", "firm", "warm", "plain"),
            ("landlord", "boss", "teacher", "neighbour", "bank", "client", "colleague"),
        ),
        (
            "When do I plant {b} in {a} soil?",
            "Something eats the leaves of my {b}. The garden is {a}.",
            "How often do I water {b} in a {a} garden?",
            ("dry", "wet", "sandy", "shady", "sunny", "small", "stony"),
            ("tomatoes", "roses", "beans", "carrots", "apple trees", "lettuce", "tulips"),
        ),
        (
            "Explain {b} to a {a} pupil with an example.",
            "Give me ten exercises on {b} for {a} learners.",
            "Help me to understand {b} before my {a} exam.",
            ("young", "slow", "quick", "final", "first", "older", "keen"),
            ("fractions", "gravity", "probability", "grammar", "algebra", "evolution", "magnets"),
        ),
    ),
    "ru": (
        (
            "Как испечь {b}, если мука {a}?",
            "Дай рецепт: {b}, и чтобы тесто было не {a}.",
            "Почему {b} в духовке выходит как {a} камень?",
            ("ржаная", "тёмная", "мягкая", "сладкая", "старая"),
            ("хлеб", "пирог", "булочки", "печенье", "пиццу"),
        ),
        (
            "Исправь программу на питоне: {b}, ошибка {a}.",
            "Напиши функцию, которая обрабатывает {b}; задача {a}.",
            "Объясни код, где {b}; пример {a}.",
            ("простая", "странная", "частая", "новая", "редкая"),
            ("список", "файл", "таблицу", "строку", "словарь"),
        ),
        (
            "Составь план: поездка {a}, едем на {b}.",
            "Что взять с собой, если поездка {a}, а дорога на {b}?",
            "Посоветуй гостиницу: отпуск, дорога {a}, рядом {b}.",
            ("короткая", "дешёвая", "долгая", "летняя", "зимняя"),
            ("море", "озеро", "горы", "острова", "север"),
        ),
    ),
}
_ILL = {
    "en": (
        "My {who} has {illness}. Which food is good for {him}?",
        "Is {illness} hereditary? My {who} was ill for years.",
        "What does {symptom} mean at night? My {who} complains about it.",
        "My {who} takes pills against {symptom}. Are they safe?",
        "How is {illness} treated today? I ask for my {who}.",
        "Which doctor do I see about {symptom}?",
    ),
    "ru": (
        "У моего родственника {illness}: что ему можно есть?",
        "Передаётся ли {illness} по наследству? Спрашивает {who}.",
        "К какому врачу идти, если {symptom}? Жалуется {who}.",
        "Какие таблетки помогают, когда {symptom}? Их принимает {who}.",
    ),
}
_WHO = {
    "en": ("father", "brother", "uncle", "grandfather", "husband", "neighbour", "friend"),
    "ru": ("отец", "брат", "дядя", "дедушка", "муж", "сосед", "друг"),
}


def background(count: int, seed: int = 0) -> list[Record]:
    """``count`` conversations of other people, about two per person. The same seed gives the same ones."""
    draw = Random(f"background {seed}")
    people = max(1, count // _PER_PERSON)
    return [
        record(f"other-{number}", f"person-{draw.randrange(people)}", _text(draw, "ru" if number % 3 == 2 else "en"))
        for number in range(count)
    ]


def _text(draw: Random, language: str) -> str:
    if draw.random() < _HEALTH:
        return draw.choice(_ILL[language]).format(
            who=draw.choice(_WHO[language]),
            him="him",
            illness=said(draw.choice(ILLNESSES), language),
            symptom=said(draw.choice(SYMPTOMS), language),
        )
    *forms, first, second = draw.choice(_TOPICS[language])
    return str(draw.choice(forms)).format(a=draw.choice(first), b=draw.choice(second))
