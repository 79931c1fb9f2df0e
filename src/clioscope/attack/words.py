"""The words that targets, planted conversations and guesses share: illnesses, symptoms, people. All are made up."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One thing in the two languages of the attack, and the beginnings of its words by which it is recognised."""

    en: str
    ru: str
    stems: tuple[str, ...]


ILLNESSES = (
    Words("lupus", "волчанка", ("lupus", "волчанк")),
    Words("tuberculosis", "туберкулёз", ("tubercul", "туберкул")),
    Words("hepatitis", "гепатит", ("hepatit", "гепатит")),
    Words("leukaemia", "лейкемия", ("leukaem", "leukem", "лейкеми")),
    Words("epilepsy", "эпилепсия", ("epilep", "эпилепс")),
    Words("gout", "подагра", ("gout", "подагр")),
    Words("syphilis", "сифилис", ("syphil", "сифилис")),
    Words("malaria", "малярия", ("malari", "маляри")),
    Words("glaucoma", "глаукома", ("glaucom", "глауком")),
    Words("sarcoidosis", "саркоидоз", ("sarcoid", "саркоид")),
    Words("cirrhosis", "цирроз", ("cirrho", "цирроз")),
    Words("psoriasis", "псориаз", ("psoria", "псориаз")),
    Words("pancreatitis", "панкреатит", ("pancreatit", "панкреатит")),
    Words("melanoma", "меланома", ("melanom", "меланом")),
    Words("schizophrenia", "шизофрения", ("schizo", "шизофрен")),
    Words("anorexia", "анорексия", ("anorex", "анорекс")),
    Words("chlamydia", "хламидиоз", ("chlamyd", "хламид")),
    Words("porphyria", "порфирия", ("porphyr", "порфири")),
    Words("endometriosis", "эндометриоз", ("endometri", "эндометри")),
    Words("myasthenia", "миастения", ("myasthen", "миастени")),
)

SYMPTOMS = (
    Words("headache", "головная боль", ("headache", "головн")),
    Words("fever", "жар", ("fever", "жар")),
    Words("cough", "кашель", ("cough", "кашел")),
    Words("rash", "сыпь", ("rash", "сыпь")),
    Words("dizziness", "головокружение", ("dizz", "головокруж")),
    Words("nausea", "тошнота", ("nause", "тошнот")),
    Words("insomnia", "бессонница", ("insomni", "бессонниц")),
    Words("heartburn", "изжога", ("heartburn", "изжог")),
    Words("backache", "боль в спине", ("backache", "спин")),
    Words("earache", "боль в ухе", ("earache", "ухе")),
    Words("hiccups", "икота", ("hiccup", "икот")),
    Words("cramps", "судороги", ("cramp", "судорог")),
    Words("itching", "зуд", ("itch", "зуд")),
    Words("sneezing", "чихание", ("sneez", "чихан")),
    Words("numbness", "онемение", ("numb", "онемен")),
    Words("palpitations", "сердцебиение", ("palpit", "сердцебиен")),
    Words("hoarseness", "хрипота", ("hoarse", "хрипот")),
    Words("swelling", "отёк", ("swell", "отёк", "отек")),
    Words("tremor", "дрожь", ("tremor", "дрож")),
    Words("fatigue", "усталость", ("fatigue", "устал")),
)

AGES = (23, 28, 34, 37, 42, 46, 51, 58, 63, 69)
SEXES = {"en": ("woman", "man"), "ru": ("женщина", "мужчина")}


def said(word: Words, language: str) -> str:
    """The word in a language, ``en`` or ``ru``."""
    return word.ru if language == "ru" else word.en
