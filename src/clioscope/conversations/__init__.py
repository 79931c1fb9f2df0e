"""Conversations in: readers for every format, sampling, and the tables that all later steps work on."""

from clioscope.conversations.collect import Collected, collect_conversations
from clioscope.conversations.conversation import Conversation, Message, Rejected, Role, content_id
from clioscope.conversations.formats import Context, all_formats, source
from clioscope.conversations.read import read_conversations, read_many, sniff_format
from clioscope.conversations.sample import sample_completions, sample_conversations
from clioscope.conversations.transcript import condense, estimate_tokens, user_text

__all__ = [
    "Collected",
    "Context",
    "Conversation",
    "Message",
    "Rejected",
    "Role",
    "all_formats",
    "collect_conversations",
    "condense",
    "content_id",
    "estimate_tokens",
    "read_conversations",
    "read_many",
    "sample_completions",
    "sample_conversations",
    "sniff_format",
    "source",
    "user_text",
]
