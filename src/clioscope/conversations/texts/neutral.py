"""Text from outside made harmless: nothing in it can pass for a role label, a special token or our own tags.

The substitutions carry no information (``<`` to ``‹``, ``User:`` to ``(User)``), so a reader loses nothing.
"""

from __future__ import annotations

import re

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Controls, marks of direction, invisible spaces, soft hyphens; the tags block, which smuggles text.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
_JOINER_RUN = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_JOINER = re.compile("(?<=[A-Za-z])[\u200c\u200d]|[\u200c\u200d](?=[A-Za-z:<>|\\[\\]])")
_SPACES = re.compile(r"[^\S\n ]")
_BLANKS = re.compile(" {2,}")
_ASCII = dict.fromkeys(range(32)) | {127: None, 9: " ", 10: "\n"}
_ASCII |= dict.fromkeys((11, 12, 13, 28, 29, 30), "\n")
# Any character that the patterns above are about: the plain ones that every text has are left out.
_ODD = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)

_ROLE = (
    "user|human|assistant|system|developer|tool|function|ai|bot|chatbot|model|chatgpt|gpt|claude|instructions?|"
    "response|prompt|"
    "пользователь|человек|ассистент|система|инструкци[яи]|usuario|asistente|sistema|utilisateur|système|benutzer|"
    "nutzer|assistent|usuário|assistente|utente|用户|使用者|助手|助理|系统|系統|ユーザー|アシスタント|システム|사용자|어시스턴트|시스템"
)
_LABEL = re.compile(
    rf"^(?:[^\w\n]|_){{0,12}}({_ROLE})"
    r"( ?\(?(?:\d{1,3}|message|prompt|instructions?|turn|input|response|role)\)?)?"
    r"(?:(?:[^\w\n:：]|_){0,6}[:：])+",
    re.IGNORECASE | re.MULTILINE,
)
_HEADING = re.compile(
    r"^(?:[^\w\n]|_){1,12}(user|human|assistant|system|ai|bot|instructions?|response)(?:[^\w\n]|_){0,8}$",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"[<＜](?=[ \n]?[/／]?[ \n]?(\w{1,40}))")
# Names that prompts and chat templates use; those with an underscore (tool_call, start_of_turn) all count.
_TAGS = frozenset(
    """
    conversation conversations transcript transcripts dialog dialogue chat chats message messages turn
    turns user human assistant ai bot model system developer tool tools function functions instruction
    instructions inst sys prompt context input output example examples question questions answer answers
    response result results summary request task topic field activity concern facet facets cluster
    clusters group groups name names description descriptions criteria category categories label labels
    json schema think thinking thought thoughts reasoning reflection scratchpad important rules policy
    admin document documents data text texts content contents untrusted pad unk mask sep cls bos eos eot
    eom s image video audio
    """.split()  # noqa: SIM905 (a list of a hundred quoted words is no easier to read)
)
_NUMBERED = re.compile(r"(?:unused|0x)[0-9a-f]+")
_TOKEN = re.compile(r"[<＜](?=[|｜])")
_BRACKET = re.compile(r"\[(/?(\w{2,20}))\]")
_BRACKETS = frozenset(
    """
    inst system_prompt available_tools tool_calls tool_results tool_content args img think
    model_settings mask gmask smask bos eos cls sep pad unk
    """.split()  # noqa: SIM905
)


def _tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    return "‹" if name in _TAGS or "_" in name or _NUMBERED.fullmatch(name) else match[0]


def _bracket(match: re.Match[str]) -> str:
    return f"({match[1]})" if match[2].lower() in _BRACKETS else match[0]


def neutralise(text: str) -> str:
    """Text on few lines, without unseen characters, that no model or template takes for structure.

    White space is squeezed. Lines that begin like a turn (``User:``, ``### System:``, ``**Human**:``, in the
    languages that chat models know best), special tokens (``<|im_start|>``, ``<s>``, ``[INST]``) and tags
    such as ``</conversation>`` are written differently. Doing it twice changes nothing more. Linear time.
    """
    text = tidy(text)
    if "<" in text or "＜" in text:
        text = _TAG.sub(_tag, _TOKEN.sub("‹", text))
    if "[" in text:
        text = _BRACKET.sub(_bracket, text)
    text = _LABEL.sub(lambda match: f"({match[1]}{match[2] or ''})", text)
    return _HEADING.sub(r"(\1)", text)


def tidy(text: str) -> str:
    """Text without control and unseen characters; runs of blanks become one, blank lines and indents go."""
    if text.isascii():  # most texts, and some five times as fast as the patterns
        text = text.replace("\r\n", "\n").translate(_ASCII)
    elif _ODD.search(text):
        text = _SPACES.sub(" ", _UNSEEN.sub("", _BREAKS.sub("\n", text)))
        text = _JOINER.sub("", _JOINER_RUN.sub(r"\1", text))
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    return "\n".join(line for piece in text.split("\n") if (line := piece.strip()))
