"""The sentences of the things to know, in English and Russian. Names are filled in by whoever shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from clioscope.statistics.intervals import Ends

Text = dict[str, str]

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
_RUSSIAN = ("янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек.")
_COLUMNS = {"turns": "Messages", "hour": "Hour of day (UTC)"}  # as explorer/src/words/en.ts has them
_BUILT_IN = ("language", "length", "concern", "request", "task", "field", "activity", "confidence", "rare")


def largest(groups: int, count: float, total: float, share: float, ends: Ends | None, *, cut: bool) -> Text:
    """Of the top groups, the largest. ``cut``: its count is of conversations that touch it, its share of parts."""
    en, ru = ("" if ends is None else f" (95 % interval {_span(ends, lang)})" for lang in ("en", "ru"))
    ru = ru.replace("95 % interval", "95%-й интервал")
    if groups == 1:
        begin = {"en": "All is in one group, “{group}”: ", "ru": "Всё в одной группе «{group}»: "}
    else:
        begin = {
            "en": f"The largest of the {_number(groups, 'en')} top groups is “{{group}}”: ",
            "ru": f"Самая большая из верхних групп ({_number(groups, 'ru')}) — «{{group}}»: ",
        }
    if cut:
        return {
            "en": f"{begin['en']}{_number(count, 'en')} of {_number(total, 'en')} conversations touch it, and it is "
            f"{_percent(share, 'en')} of all{en}.",
            "ru": f"{begin['ru']}её касаются {_number(count, 'ru')} из {_number(total, 'ru')} разговоров, её доля — "
            f"{_percent(share, 'ru')}{ru}.",
        }
    return {
        "en": f"{begin['en']}{_number(count, 'en')} of {_number(total, 'en')} conversations, "
        f"{_percent(share, 'en')}{en}.",
        "ru": f"{begin['ru']}{_number(count, 'ru')} из {_number(total, 'ru')} разговоров, {_percent(share, 'ru')}{ru}.",
    }


def changed(
    about: Mapping[str, Any],
    shares: tuple[float, float],
    counts: Sequence[float],
    ends: tuple[float, float],
    tests: int,
) -> Text:
    """The group that grew or shrank most, with the shares before and from a day."""
    grew = shares[1] > shares[0]
    figures = {lang: [_percent(one, lang) for one in shares] for lang in ("en", "ru")}
    counted = {lang: [_number(round(one), lang) for one in counts] for lang in ("en", "ru")}
    en, ru = figures["en"], figures["ru"]
    when = {lang: _day(about, lang) for lang in ("en", "ru")}
    return {
        "en": f"“{{group}}” {'grew' if grew else 'shrank'} most: {en[0]} of the conversations before {when['en']} "
        f"({counted['en'][0]}), {en[1]} from then on ({counted['en'][1]}); "
        f"{_points(shares[1] - shares[0], 'en')} points (95 % interval {_range(ends, 'en')}). {_tests(tests, 'en')}",
        "ru": f"Больше всего {'выросла' if grew else 'уменьшилась'} группа «{{group}}»: {ru[0]} разговоров до "
        f"{when['ru']} ({counted['ru'][0]}), {ru[1]} начиная с этого дня ({counted['ru'][1]}); "
        f"{_points(shares[1] - shares[0], 'ru')} п. п. (95%-й интервал {_range(ends, 'ru')}). {_tests(tests, 'ru')}",
    }


def steady(about: Mapping[str, Any], tests: int) -> Text:
    """No group grew or shrank beyond chance."""
    return {
        "en": f"No group grew or shrank beyond chance between the time before {_day(about, 'en')} and the time "
        f"from then on. {_tests(tests, 'en')}",
        "ru": f"Ни одна группа не выросла и не уменьшилась сверх случайного: сравнено время до {_day(about, 'ru')} и "
        f"после. {_tests(tests, 'ru')}",
    }


def differs(
    shares: tuple[float, float], counts: tuple[float, float], ends: tuple[float, float], tests: int, *, estimated: bool
) -> Text:
    """The value by which a group differs most from all others. ``estimated``: not every conversation was asked."""
    en, ru = ([_percent(one, lang) for one in shares] for lang in ("en", "ru"))
    more = shares[0] > shares[1]
    inside = {
        lang: f" ({_number(round(counts[0]), lang)} of {_number(round(counts[1]), lang)})" for lang in ("en", "ru")
    }
    inside["ru"] = inside["ru"].replace(" of ", " из ")
    if estimated:
        inside = {
            "en": f" (estimated, of {_number(round(counts[1]), 'en')})",
            "ru": f" (оценка, из {_number(round(counts[1]), 'ru')})",
        }
    difference = shares[0] - shares[1]
    return {
        "en": f"“{{group}}” stands out by {{column}}: “{{value}}” is {'more' if more else 'less'} frequent there, "
        f"{en[0]} of its conversations{inside['en']} and {en[1]} of all others; {_points(difference, 'en')} points "
        f"(95 % interval {_range(ends, 'en')}). {_tests(tests, 'en')}",
        "ru": f"Группа «{{group}}» выделяется признаком «{{column}}»: «{{value}}» {'чаще' if more else 'реже'} — "
        f"{ru[0]} её разговоров{inside['ru']} и {ru[1]} остальных; {_points(difference, 'ru')} п. п. "
        f"(95%-й интервал {_range(ends, 'ru')}). {_tests(tests, 'ru')}",
    }


def alike(tests: int) -> Text:
    """No group differs beyond chance."""
    return {
        "en": "No group differs from the others beyond chance in any facet or field of the metadata. "
        f"{_tests(tests, 'en')}",
        "ru": f"Ни одна группа не отличается от остальных сверх случайного ни одним признаком. {_tests(tests, 'ru')}",
    }


def filled(thing: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    """The English sentence with the names of its group, column and value."""
    names = {}
    if thing.get("group") is not None:
        names["group"] = header["groups"][thing["group"]]["name"]
    if "column" in thing:
        column = next(one for one in header["columns"] if one["name"] == thing["column"])
        names |= {
            "column": column_name(thing["column"]),
            "value": _value(column, str(column["values"][thing["value"]])),
        }
    return re.sub(r"\{(group|column|value)\}", lambda match: str(names[match[1]]), thing["text"]["en"])


def column_name(name: str) -> str:
    """The name of a column in English, as the page writes it."""
    return _COLUMNS.get(name) or (name.capitalize() if name in _BUILT_IN else name.replace("_", " "))


def _value(column: Mapping[str, Any], value: str) -> str:
    if column["type"] != "language":
        return value
    from clioscope.facets.language import language_name

    return "no language" if value in ("zxx", "und") else language_name(value)


def _number(value: float, lang: str) -> str:
    text = f"{value:,.0f}"
    return text if lang == "en" else text.replace(",", "\u00a0")


def _digits(value: float, digits: int, lang: str) -> str:
    text = f"{value:.{digits}f}"
    return text if lang == "en" else text.replace(".", ",")


def _percent(share: float, lang: str) -> str:
    return f"{_whole(100 * share, lang)} %"


def _whole(value: float, lang: str) -> str:
    if 0 < value < 0.1:
        return f"<{_digits(0.1, 1, lang)}"
    text = _digits(value, 1 if value < 9.95 else 0, lang)
    return text.removesuffix(".0" if lang == "en" else ",0")


def _span(ends: Ends, lang: str) -> str:
    return f"{_whole(100 * float(ends.low), lang)}–{_whole(100 * float(ends.high), lang)}"


def _points(difference: float, lang: str) -> str:
    value = 100 * difference
    text = _digits(abs(value), 1 if abs(value) < 9.95 else 0, lang)
    return text if float(text.replace(",", ".")) == 0 else f"{'−' if value < 0 else '+'}{text}"


def _range(ends: tuple[float, float], lang: str) -> str:
    return f"{_points(ends[0], lang)} {'to' if lang == 'en' else '…'} {_points(ends[1], lang)}"


def _day(about: Mapping[str, Any], lang: str) -> str:
    found = date.fromisoformat(str(about["start"])) + timedelta(days=int(about["day"]))
    month = (_ENGLISH if lang == "en" else _RUSSIAN)[found.month - 1]
    return f"{found.day} {month} {found.year}{'' if lang == 'en' else ' г.'}"


def _tests(number: int, lang: str) -> str:
    if lang == "en":
        return f"Corrected for {_number(number, lang)} {'comparison' if number == 1 else 'comparisons'} (q < 0.05)."
    return f"С поправкой на число сравнений ({_number(number, lang)}; q < 0,05)."
