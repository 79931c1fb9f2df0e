"""The encoding of a text, recognised by its mark, by its zero bytes, by valid UTF-8, or else by a detector."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from clioscope.errors import SettingsError

SAMPLE = 200_000  # bytes given to the detector, which looks at no more
# What people's files are in. The detector knows a hundred more, which on short texts are only noise.
CANDIDATES = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "cp866"),
    *("koi8-r", "koi8-u", "iso8859-2", "iso8859-5", "iso8859-9", "mac-cyrillic"),
    *("cp932", "euc-jp", "cp949", "gb18030", "big5hkscs"),
)
WESTERN = "cp1252"
# Of DOS and of old Macs: tried only where an encoding of Windows would break most words with accents.
ELDERLY = ("mac-roman", "cp850", "cp437", "cp852")
WEAK = 0.06  # below this, what the detector trusts in is hardly more than noise
SEVERAL_BYTES = ("cp932", "euc_jis_2004", "cp949", "gb18030", "big5hkscs")
_NAMES = {
    "cp932": "Shift-JIS (cp932)",
    "cp949": "EUC-KR (cp949)",
    "big5hkscs": "Big5 (big5hkscs)",
    "euc_jis_2004": "EUC-JP (euc_jis_2004)",
    "gb18030": "GB18030",
    "koi8-r": "KOI8-R",
    "koi8-u": "KOI8-U",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_JAPANESE = re.compile(rb"\x1b\$[@B]")
_NO_TEXT = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
_PIECE = re.compile(rb'[\n\r"]')  # bytes that are never the second half of a character
_COMMON = b' \n",'
_HIGH = "[\u0080-\ud7ff\ue000-\U0010ffff]"
_IN_WORDS = re.compile(rf"\w{_HIGH}|{_HIGH}\w|{_HIGH}{_HIGH}")
_SEQUENCE = re.compile(_HIGH)
# Controls, symbols within words (pass‚e) and capitals within small letters (MŸnchen): no word has these.
_BREAKS = re.compile(r"[\x80-\x9f]|(?<=[^\W\d_])[¢-¬®-¶¸-¿†‡‰•“”„‚ˆ˜™›‹]+(?=[^\W\d_])|(?<=[a-z])[À-ÖØ-ÞŸŽŠŒ](?=[a-z])")


def check_encoding(name: str) -> str:
    """Python's name of a text encoding. Raises SettingsError for one that it does not know."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        codec = None
    if codec is None or not codec._is_text_encoding or codec.name in _NO_TEXT or codec.incrementaldecoder is None:
        raise SettingsError(
            f"There is no text encoding {name!r}; give one that Python knows, such as utf-8, cp1251 or shift_jis."
        )
    return codec.name


def shown(encoding: str) -> str:
    """The encoding as people know it."""
    if encoding in _NAMES:
        return _NAMES[encoding]
    if encoding.startswith("utf"):
        return encoding.upper()
    return re.sub(r"^cp(125\d|874)$", r"Windows-\1 (cp\1)", encoding).replace("iso", "ISO ")


def marked(head: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark tells, and the length of the mark."""
    return next(((name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), None)


def unmarked(head: bytes) -> str | None:
    """UTF-16 without a mark, or ISO-2022-JP: encodings whose bytes look like ASCII with zeros or escapes."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if (even + odd) * 50 >= len(head) > 1 and 5 * min(even, odd) <= even + odd:
        little = odd > even
        # ASCII with stray zeros has none beside most of its spaces, commas and line ends.
        pairs = sum(head.count(bytes((mark, 0) if little else (0, mark))) for mark in _COMMON)
        if pairs and pairs * 2 >= sum(map(head.count, _COMMON)):
            return "utf-16-le" if little else "utf-16-be"
    return "iso2022_jp_2004" if b"\x1b" in head and _JAPANESE.search(head) and head.isascii() else None


def pieces_of(data: bytes) -> list[bytes]:
    """The lines (or quoted strings) of a text that hold anything but ASCII."""
    return [piece for piece in _PIECE.split(data) if not piece.isascii()]


def tell(pieces: Sequence[bytes]) -> str:
    """``utf-8``, or the legacy encoding that the pieces look most like.

    A text with some bad bytes may still be UTF-8: it is where a fair part of the pieces is valid, since hardly a word
    in another encoding is valid UTF-8 by accident.
    """
    if all(map(_is_utf8, pieces)):
        return "utf-8"
    good = bad = sequences = bytes_off = 0
    for piece in pieces:
        text = piece.decode("utf-8", "surrogateescape")
        off = sum("\udc80" <= character <= "\udcff" for character in text)
        bytes_off += off
        bad, good = bad + bool(off), good + (not off)
        sequences += len(_SEQUENCE.findall(text))
    if not bad or sequences >= 3 * bytes_off or (good * 9 >= bad and good and sequences >= 3):
        return "utf-8"
    return _detected(pieces)


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fair(pieces: Sequence[bytes]) -> bytes:
    """Pieces from all over, as many as the detector looks at."""
    size = sum(len(piece) + 1 for piece in pieces)
    step = max(1, -(-size // SAMPLE))
    return b"\n".join(pieces[::step])


def _detected(pieces: Sequence[bytes]) -> str:
    best, trust = _likeliest(_fair(pieces))
    # One damaged character rules an encoding of several bytes a character out: look at the pieces without it.
    for name in SEVERAL_BYTES:
        sound = [piece for piece in pieces if _is_in(piece, name)]
        if 0.8 * len(pieces) <= len(sound) < len(pieces):
            likely, other = _likeliest(_fair(sound))
            if likely in SEVERAL_BYTES and other > trust:
                best, trust = likely, other
    if best not in SEVERAL_BYTES:
        best = _elder(_fair(pieces), best)
    # A byte by itself is no word in any encoding, but a damaged one.
    return best if _IN_WORDS.search(_fair(pieces).decode(best, "surrogateescape")) else "utf-8"


def _likeliest(sample: bytes) -> tuple[str, float]:
    """The encoding that a sample has most likely, and how likely that is (0 to 1, low for short texts)."""
    import chardet

    guesses = chardet.detect_all(
        sample, ignore_threshold=True, include_encodings=CANDIDATES, no_match_encoding=WESTERN, compat_names=False
    )
    trust = {guess["encoding"]: guess["confidence"] or 0.0 for guess in guesses if guess["encoding"]} or {WESTERN: 0.0}
    best = max(trust, key=lambda name: trust[name])
    # A few accents fit many encodings about as well; the most common one is the likeliest then.
    near = 0.4 if trust[best] < WEAK else 0.95
    if best not in SEVERAL_BYTES and trust.get(WESTERN, -1.0) >= near * trust[best]:
        best = WESTERN
    return best, trust[best]


def _elder(sample: bytes, best: str) -> str:
    """An encoding of ELDERLY where the one found breaks a good part of the words, and that one hardly any."""
    breaks = _breaks(sample, best)
    if breaks < 0.25:
        return best
    import chardet

    guesses = chardet.detect_all(sample, ignore_threshold=True, include_encodings=ELDERLY, compat_names=False)
    names = [guess["encoding"] for guess in guesses if guess["encoding"] in ELDERLY]
    return next((name for name in names if name and _breaks(sample, name) * 4 <= breaks), best)


def _breaks(sample: bytes, encoding: str) -> float:
    """The share of the characters beyond ASCII that break a word."""
    text = sample.decode(encoding, "surrogateescape")
    return len(_BREAKS.findall(text)) / max(1, len(_SEQUENCE.findall(text)))


def _is_in(piece: bytes, encoding: str) -> bool:
    try:
        piece.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
