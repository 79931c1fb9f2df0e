"""Words in dates: months and weekdays of the large languages, zones with one meaning, words that say nothing."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

_MONTHS = (
    "jan january januar jän jänner janvier janv enero ene gennaio gen janeiro января январь янв януари "
    "januari ocak oca stycznia styczeń sty січня січень січ",
    "feb february februar février févr fév febrero febbraio fevereiro fev февраля февраль фев февр "
    "februari şubat şub lutego luty лютого лютий лют",
    "mar march märz mär mars marzo março марта март мар maart mrt mart marca marzec березня березень бер",
    "apr april avril avr abril abr aprile апреля апрель апр nisan nis kwietnia kwiecień kwi квітня квітень квіт",
    "may mai mayo maggio mag maio мая май mei mayıs maja maj травня травень трав",
    "jun june juni juin junio giugno giu junho июня июнь июн haziran haz czerwca czerwiec cze червня червень черв",
    "jul july juli juillet juil julio luglio lug julho июля июль июл temmuz tem lipca lipiec lip липня липень лип",
    "aug august août agosto ago августа август авг augustus ağustos ağu sierpnia sierpień sie серпня серпень серп",
    "sep sept september septembre septiembre settembre set setembro сентября сентябрь сен сент "
    "eylül eyl września wrzesień wrz вересня вересень вер",
    "oct october oktober okt octobre octubre ottobre ott outubro out октября октябрь окт "
    "ekim eki października październik paź жовтня жовтень жовт",
    "nov november novembre noviembre novembro ноября ноябрь ноя нояб kasım kas listopada lis листопада листоп",
    "dec december dezember dez décembre déc diciembre dic dicembre dezembro декабря декабрь дек "
    "aralık ara grudnia grudzień gru грудня грудень груд",
)
_WEEKDAYS = (
    "mon monday montag mo lundi lun lunes lunedì segunda seg понедельник пн понеділок",
    "tue tues tuesday dienstag di mardi mar martes martedì terça ter вторник вт вівторок",
    "wed wednesday mittwoch mi mercredi mer miércoles mié mercoledì quarta qua среда среду ср середа",
    "thu thur thurs thursday donnerstag do jeudi jeu jueves jue giovedì gio quinta qui четверг чт четвер",
    "fri friday freitag fr vendredi ven viernes vie venerdì sexta sex пятница пятницу пт",
    "sat saturday samstag sonnabend sa samedi sam sábado sáb sabato sab суббота субботу сб субота",
    "sun sunday sonntag so dimanche dim domingo dom domenica воскресенье вс неділя нд",
)
_EASTERN = tuple(zip("月火水木金土日", "一二三四五六日", "월화수목금토일", strict=True))

_FILLERS = (
    "at on of the um uhr den der à às as la las los alle ore le el il de del feira clock kl klo saat om "
    "в г год года року р час"
)
FILLERS = frozenset(_FILLERS.split())
"""Words that stand in dates and change nothing."""


def fold(word: str) -> str:
    """A word without case and accents."""
    # İ and ı of Turkish and й of Russian fold alike on both sides of every comparison.
    bare = (mark for mark in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(mark))
    return "".join(bare)


MONTHS: dict[str, int] = {fold(word): number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
"""Month names by their folded form, 1 to 12."""

WEEKDAYS: dict[str, int] = {fold(word): number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
"""Weekday names by their folded form, 0 (Monday) to 6."""

for _number, (_japanese, _chinese, _korean) in enumerate(_EASTERN):
    for _word in (_japanese, f"{_japanese}曜", f"{_japanese}曜日", _korean, f"{_korean}요일"):
        WEEKDAYS[fold(_word)] = _number
    for _prefix in ("星期", "周", "週", "礼拜", "禮拜"):
        WEEKDAYS[fold(_prefix + _chinese)] = _number
WEEKDAYS["星期天"] = 6

_HOURS: dict[str, float] = {
    **dict.fromkeys(("Z", "UTC", "GMT", "UT", "WET", "ZULU"), 0),
    **dict.fromkeys(("CET", "MET", "MEZ", "WEST", "WAT"), 1),
    **dict.fromkeys(("CEST", "MEST", "MESZ", "EET", "CAT", "SAST"), 2),
    **dict.fromkeys(("EEST", "EAT", "TRT"), 3),
    **{"PKT": 5, "NPT": 5.75, "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "WITA": 8, "JST": 9},
    **{"KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3},
    **{"NDT": -2.5, "NST": -3.5, "EDT": -4, "EST": -5, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7},
    **{"PST": -8, "AKDT": -8, "AKST": -9, "HST": -10},
}
MOSCOW = frozenset(("MSK", "МСК"))
ZONES = frozenset(_HOURS) | MOSCOW
"""Zone names with one meaning."""

SEVERAL = frozenset(("CST", "IST", "BST", "AST"))
"""Zone names that different countries use for different zones: CST is that of the United States and of China."""

PLACES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
"""Names of a zone with summer time in it, by the place whose clocks it means."""

# The clocks of Moscow stood four hours ahead in these years, under the same name.
_MOSCOW_FOUR = (datetime(2011, 3, 27, 2), datetime(2014, 10, 26, 2))


def zone_offset(name: str, local: datetime) -> timedelta:
    """How far a zone of ZONES (in capitals) is ahead of UTC at a local time."""
    if name in MOSCOW:
        return timedelta(hours=4 if _MOSCOW_FOUR[0] <= local < _MOSCOW_FOUR[1] else 3)
    return timedelta(hours=_HOURS[name])
