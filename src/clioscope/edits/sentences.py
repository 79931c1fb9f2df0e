"""Why an edit is not done, or no longer applies: sentences by a key, so that the page can say them in its language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.errors import AtlasError

# Parts of sentences, without a full stop. The page has the same keys and fields in explorer/src/words/refusals.ts.
SENTENCES = {
    # why an operation cannot be applied
    "gone": "its group {group} is gone: {why}",
    "not_continued": "no group of this build continues it",
    "was_merged": "it was merged into {group}",
    "was_split": "it was split into {n}",
    "all_moved": "all its conversations have moved",
    "one_left": "only one group was left in it",
    "none_left": "no group was left in it",
    "vacant": "it is a given category that holds no conversations; change it in the codebook",
    "no_name": "the name is empty",
    "unsupported": (
        "fewer than {least} people of the group wrote {details}; choose other words, or vouch for the name or "
        "description"
    ),
    "levels_differ": (
        "the groups lie on different levels, and only groups of one level can be merged; move one into the other"
    ),
    "none_merged": "what fits no other group cannot be merged; move its conversations",
    "none_split": "what fits no other group cannot be split; move its conversations",
    "none_moved": "what fits no other group stays at the top",
    "none_now": "what it merged fits no other group now",
    "not_two": "there are no two groups to merge",
    "names_none": "it names no groups",
    "moves_nothing": "it says neither which group nor which conversations to move",
    "at_the_top": "the group lies at the top already",
    "holds_no_groups": "{group} holds no groups, so none can be moved into it; merge the two, or name a larger group",
    "no_higher": "{group} lies on no higher level than the group that should move into it",
    "lies_there": "the group lies there already",
    "needs_group": "conversations can only be moved to a group",
    "holds_groups": "{group} holds groups; name the base group that the conversations belong to",
    "none_there": "none of its conversations is in the atlas",
    "lie_there": "the conversations lie there already",
    "nothing_seen": "nothing would be left to see",
    "hidden_already": "the group is hidden already",
    "not_hidden": "the group is not hidden",
    "pinned_already": "the group is pinned already",
    "not_pinned": "the group is not pinned",
    "no_colour": "'{colour}' is no colour; give one as #rrggbb, for example #1f5f7a",
    "withheld": "the auditor withheld its name; give it another name first",
    "one_way": "say one way to split: into a number of groups, by a facet, or by a query",
    "only_number": "the group holds groups, so it can only be split into a number of them",
    "one_conversation": "the group has one conversation only",
    "one_group": "the group holds one group only, beside those that hold nothing",
    "how_many": "a group is split into 2 to {most} groups, not {n}",
    "no_method": "'{method}' is no way to split; give {methods}",
    "too_few": "there are only {n} to divide, too few for {groups} groups",
    "not_divided": "it cannot be divided so ({why})",
    "all_alike": "all in it is alike, so it cannot be divided",
    "no_facet": "there is no facet '{facet}'; there are {facets}",
    "facet_alike": "its conversations do not differ in {facet}",
    "no_query": "the query is empty",
    "query_alike": "all its conversations are equally near to the query",
    # lines of the file of edits that cannot be read
    "line": "line {line} {why}",
    "no_json": "is no JSON",
    "no_object": "is no JSON object",
    "lacks": "lacks {fields}",
    "unknown_operation": "is an operation that this version does not know: {op}",
    # why nothing is done at all
    "cannot": "{op} cannot be done: {why}",
    "busy": "is being edited by another process; try again when that has ended",
    "nothing_to_undo": "there is nothing to undo",
    "nothing_to_redo": "there is nothing to redo",
    "no_operation": "there is no operation '{operation}'",
    "undone_already": "{operation} is undone already",
    "not_undone": "{operation} is not undone",
    "many_called": "{n} groups are called '{name}'; give one of the ids {ids}",
    "no_group": "there is no group '{group}'; clioscope show {atlas} --ids prints names and ids",
    "no_model": "was built without a language model, so there is none to ask",
    "model_failed": "the language model did not answer: {why}",
    # saved views
    "no_view_name": "the view has no name",
    "view_there": "there is a view '{name}' already; give another name",
    "no_view": "there is no view '{name}'",
    "view_long": "a text of the view is longer than {most} characters",
    "views_full": "there are {most} views already; delete one first",
    # what only the page can ask for
    "off": "cannot be edited here",
    "shown_before": "the page shows the atlas as it was before; load the page again",
    "too_many": "at most {most} conversations can be moved at once, not {n}; split or merge groups instead",
}


class Said(NamedTuple):
    """A part of a sentence: a key of ``SENTENCES`` and its fields, of which one may be a part of a sentence itself."""

    key: str
    fields: Mapping[str, Any]

    def __str__(self) -> str:
        return SENTENCES[self.key].format_map({name: str(value) for name, value in self.fields.items()})

    def record(self) -> dict[str, Any]:
        """The same for JSON: key, and fields (strings, numbers, or such records)."""
        fields = {name: value.record() if isinstance(value, Said) else value for name, value in self.fields.items()}
        return {"key": self.key, "fields": fields}


class NotApplicable(AtlasError):
    """An operation that cannot be applied to the groups as they are; its text, and ``said``, say why."""

    def __init__(self, key: str, **fields: Any) -> None:
        self.said = Said(key, fields)
        super().__init__(str(self.said))


class Refused(AtlasError):
    """An edit of the atlas in ``path`` that is not done; ``said`` says why."""

    def __init__(self, key: str, path: Path, **fields: Any) -> None:
        self.said = Said(key, fields)
        super().__init__(f"{path}: {self.said}.")
