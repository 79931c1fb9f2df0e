"""Settings of the segments of conversations."""

from __future__ import annotations

from pydantic import Field

from clioscope.settings.section import Section


class SegmentSettings(Section):
    split: bool = Field(
        False,
        description="Cut conversations where their topic changes, and group the segments. A conversation is then in "
        "every group that one of its segments belongs to. Off, since most conversations have one topic, and every turn "
        "has to be encoded.",
    )
