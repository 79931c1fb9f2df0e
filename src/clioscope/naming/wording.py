"""The phrases of labels that are made without a model, in English and Russian."""

from __future__ import annotations

_ENGLISH = {
    "apart": "Set apart by: {phrases}.",
    "about": "What users asked for: {name}.",
    "emoji": "emoji",
    "punctuation": "punctuation",
    "numbers": "numbers",
    "and": "and",
    "short": "short messages",
    "questions": "various questions",
    "code": "various code",
    "requests": "various requests",
    "long": "various long texts",
    "in": "{kind} in {language}",
    "quoted": "“{word}”",
    "wordless": "These messages hold no words: {kinds}.",
    "mixed": "Mixed topics",
    "mixed_of": "Mixed topics: {parts}",
    "little": "These conversations have little in common.",
    "little_of": "These conversations have little in common. Some of them hold: {parts}.",
    "part": "{name} and related topics",
    "none": "Fits no other group",
    "none_about": "Conversations that are unlike those of every other group. They need have nothing in common.",
    "no_word": "No word is common to enough of these conversations to name them by: {kinds}.",
}
_RUSSIAN = {
    "apart": "Отличается словами: {phrases}.",
    "about": "О чём просили пользователи: {name}.",
    "emoji": "эмодзи",
    "punctuation": "знаки препинания",
    "numbers": "числа",
    "and": "и",
    "short": "короткие сообщения",
    "questions": "разные вопросы",
    "code": "разный код",
    "requests": "разные просьбы",
    "long": "разные длинные тексты",
    "in": "{kind} ({language})",
    "quoted": "«{word}»",
    "wordless": "В этих сообщениях нет слов: {kinds}.",
    "mixed": "Разные темы",
    "mixed_of": "Разные темы: {parts}",
    "little": "У этих разговоров мало общего.",
    "little_of": "У этих разговоров мало общего. В некоторых из них встречается: {parts}.",
    "part": "{name} и близкие темы",
    "none": "Не подходит ни к одной группе",
    "none_about": "Разговоры, не похожие на разговоры других групп. Общего у них может и не быть.",
    "no_word": "Ни одно слово не встречается в достаточном числе этих разговоров, чтобы назвать группу: {kinds}.",
}


def wording(language: str) -> dict[str, str]:
    """The phrases for an atlas in ``language`` (its English name); the English ones for any language but Russian."""
    return _RUSSIAN if language == "Russian" else _ENGLISH


def language_in(tag: str, language: str) -> str:
    """The name of the language with this tag, written in ``language``, the language of the atlas."""
    import langcodes

    return str(langcodes.Language.get(tag).display_name("ru" if language == "Russian" else "en"))
