"""Names under which records hold ids, users and dates, the best first."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Kind = Literal["id", "user", "date"]

_BRACKETS = re.compile(r"[(\[{<][^()\[\]{}<>]*[)\]}>]")


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A name without case, accents, separators and what stands in brackets: ``Requester ID#``, ``requesterId`` and
    ``REQUESTER-ID`` are one.
    """
    text = unicodedata.normalize("NFKD", name)
    bare = _BRACKETS.sub(" ", text).casefold()
    letters = "".join(mark for mark in bare if mark.isalnum())
    # A name that stands in brackets as a whole is still a name.
    return letters or "".join(mark for mark in text.casefold() if mark.isalnum())


_IDS = """
conversation_id conversation_uuid conversation_hash conversation_key conv_id convo_id conversation chat_id chat_uuid
dialog_id dialogue_id ticket_id ticket_number ticket_no ticket_key ticket case_id case_number case_no issue_id issue_key
issue_number incident_id incident_number request_number id uuid guid _id object_id key record_id row_id entry_id doc_id
document_id item_id response_id respondent_response_id submission_id feedback_id review_id survey_response_id custom_id
external_id thread_id session_id session_uuid session request_id trace_id run_id interaction_id call_id number
identifier
номер_обращения id_обращения номер_заявки id_заявки номер_тикета id_тикета номер_запроса обращение заявка тикет
id_диалога id_чата id_беседы номер_диалога номер идентификатор
ticket_nummer ticketnr vorgangsnummer fallnummer anfragenummer nummer kennung
id_ticket numero_de_ticket número_de_ticket id_caso número_de_caso numero_caso id_conversación número folio
id_de_conversation numéro_de_ticket numéro_de_demande identifiant numéro
"""

_USERS = """
user_id user_uuid user_guid user_hash user_key uid user end_user_id end_user enduser_id requester_id requester
customer_id customer_uuid customer client_id client contact_id contact consumer_id member_id
subscriber_id patient_id student_id player_id buyer_id guest_id participant_id respondent_id person_id profile_id
submitter_id reporter_id caller_id author_id creator_id created_by_id poster_id reviewer_id sender_id from_id
owner_user_id reporter caller submitter respondent participant reviewer
user_email requester_email customer_email client_email contact_email end_user_email member_email account_email
sender_email author_email reporter_email from_email email_address email e-mail_address mail
account_id account_uuid
user_name username user_login login screen_name handle requester_name customer_name client_name contact_name
reporter_name reviewer_name customer_full_name
visitor_id anonymous_id anon_id distinct_id cookie_id device_id installation_id hashed_ip ip_hash ip_address
client_ip user_ip remote_ip ip phone phone_number mobile msisdn wa_id telegram_id author from
id_пользователя пользователь id_клиента клиент код_клиента заявитель id_заявителя автор_обращения обратившийся контакт
абонент id_абонента покупатель id_покупателя логин e-mail_клиента email_клиента почта_клиента почта электронная_почта
телефон_клиента телефон имя_клиента фио_клиента фио имя_пользователя автор
benutzer_id benutzer benutzername nutzer_id nutzer kunden_id kunde kundennummer kundennr anfragender anforderer melder
kunden_email e-mail-adresse
id_usuario usuario id_cliente cliente solicitante correo correo_electrónico correo_del_cliente nombre_de_usuario
id_utilisateur utilisateur identifiant_utilisateur id_client demandeur courriel adresse_e-mail nom_utilisateur
associated_contact_ids associated_contact_id associated_contact requested_by submitted_by reported_by raised_by
external_user_id from_end_user_id user_pseudo_id end_user_pseudo_id firebase_uid from_address whatsapp_number full_name
адрес_электронной_почты электронный_адрес
"""

_DATES = """
created_at created_on created create_time created_time create_date created_date creation_date creation_time date_created
time_created created_timestamp created_at_utc created_utc creation_timestamp opened_at opened date_opened open_date
datetime_opened date_time_opened opened_date submitted_at submitted_on submitted date_submitted submission_date
submit_date reported_at reported_date timestamp time_stamp @timestamp time ts tstamp datetime date_time date sent_at
sent date_sent sent_date received_at received date_received started_at start_time start_date started begin_time
conversation_started_at conversation_created_at first_message_at asked_at posted_at posted published_at posted_on
review_date response_date inserted_at insert_time inserted added_at added_on event_time event_timestamp event_date
logged_at log_time request_time requested_at requested_on requested occurred_at recorded_at timestamp_utc utc_time
timestamp_ms unix_time time_iso day when
дата_создания дата_и_время_создания создано создан создана время_создания дата_обращения дата_и_время дата_открытия
дата_регистрации зарегистрировано дата_заявки дата_поступления поступило дата_отправки дата_сообщения дата время
erstellt_am erstellt erstelldatum erstellungsdatum angelegt_am eröffnet_am eingegangen_am gesendet_am datum zeitstempel
zeitpunkt uhrzeit
fecha_de_creación fecha_creación creado creado_el fecha_de_apertura fecha_y_hora fecha hora
date_de_création créé_le créé date_d'ouverture ouvert_le date_de_réception date_d'envoi horodatage envoyé_le
data_de_criação criado_em data_creazione creato_il
sys_created_on created_date_time created_date_utc created_ts create_ts create_dt date_unixtime unixtime epoch epoch_ms
review_submit_date_and_time date_and_time date_of_review date_added added open_time received_on submitted_time
submission_time started_at_utc отметка_времени когда_создано дата_звонка eingang eingangsdatum
"""

_LATE_DATES = """
updated_at updated_on updated update_time updated_time update_date updated_date date_updated last_updated
last_updated_at last_update modified_at modified_on modified modified_date date_modified last_modified
last_modified_at last_modified_date closed_at closed closed_on date_closed closed_date close_date datetime_closed
solved_at solved resolved_at resolved resolution_date ended_at end_time end_date finished_at completed_at
last_message_at last_activity last_activity_at last_active_at last_seen exported_at
дата_изменения изменено обновлено дата_обновления дата_закрытия закрыто решено дата_решения
aktualisiert_am aktualisiert geändert_am geschlossen_am fecha_de_actualización actualizado fecha_de_cierre cerrado
date_de_modification mis_à_jour_le modifié_le fermé_le
"""


_WHOSE = "user customer client contact requester visitor buyer reporter sender author member guest reviewer"
_OF_PERSONS = "id uuid external_id email email_address e-mail phone phone_number login username name"
_WHOSE_RU = "контакт клиент заявитель пользователь абонент покупатель"
_OF_PERSONS_RU = "id email e-mail почта телефон имя фио"
_WHAT = "conversation chat dialog session ticket case issue message msg event request review survey"
_OF_TALKS = "created_at created_date creation_date create_date started_at start_time start_date start opened_at"
_OF_TALKS += " opened_date submitted_at submit_date sent_at timestamp time date"
_WHAT_RU = "обращения заявки тикета сообщения диалога чата"


def _ranks(names: str, first: int = 0) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for rank, name in enumerate(names.split(), first):
        ranks.setdefault(normal(name), rank)
    return ranks


def _pairs(firsts: str, seconds: str) -> str:
    """Each of the first words with each of the second: ``contact_email``; the best second word first."""
    return " ".join(["", *(f"{first}_{second}" for second in seconds.split() for first in firsts.split())])


LATE = 10_000
"""Ranks from here on are used only where nothing better is there, nested fields included."""

RANKS: dict[Kind, dict[str, int]] = {
    "id": _ranks(_IDS),
    "user": _ranks(_USERS + _pairs(_WHOSE, _OF_PERSONS) + _pairs(_WHOSE_RU, _OF_PERSONS_RU)),
    "date": _ranks(_LATE_DATES, LATE)
    | _ranks(_DATES + _pairs(_WHAT, _OF_TALKS) + _pairs("дата_создания дата_открытия дата время", _WHAT_RU)),
}
"""Per kind: the normal form of every known name, and its place in the order of preference."""

_TALKS = ("session", "conversation", "ticket", "chat")
_PERSONS = ("user", "author", "customer", "requester", "contact", "account", "enduser", "client", "member", "visitor")
_EXTRAS = ("metadata", "meta", "properties", "attributes")

HOLDERS: dict[Kind, frozenset[str]] = {
    "id": frozenset((*_EXTRAS, *_TALKS)),
    "user": frozenset((*_EXTRAS, *_PERSONS, "session", "context")),
    "date": frozenset((*_EXTRAS, *_TALKS)),
}
"""Per kind: the objects that are looked into, one level deep. An account's own ``created_at`` is no date of a talk."""

PEOPLE = frozenset(_PERSONS)
"""Objects that are a person: their own ``id`` is a user's."""

THINGS = frozenset(_TALKS)
"""Objects that are a conversation: their own ``id`` is a conversation's."""

ANSWERS = frozenset(("assistant", "bot", "chatbot", "ai", "gpt", "ассистент", "бот"))
SPOKEN = frozenset(("user", "customer", "client", "enduser", normal("пользователь"), normal("клиент")))
"""Beside a field of ANSWERS the text in a field of SPOKEN is what was said, not who said it."""

ROLES = frozenset(
    ("user", "human", "prompter", "customer", "client", "assistant", "gpt", "chatgpt", "bot", "ai", "model")
)
ROLES |= {"system", "tool", "agent", "operator", "end-user", "пользователь", "клиент", "оператор", "бот"}
"""Words that are a role, not a person."""

LOOKS = {
    **dict.fromkeys(("from", "mail", "почта"), "address"),
    **dict.fromkeys(SPOKEN, "brief"),
    **dict.fromkeys(map(normal, ("conversation", "ticket", "session", "обращение", "заявка", "тикет")), "code"),
}
"""Fields whose text may be something else: it counts as an address, with a few words at most, or without spaces."""
