"""Several topics in one conversation: where the topic changes, from the vectors of the user's turns."""

from clioscope.segments.cuts import best_cuts
from clioscope.segments.divide import Divided, divide
from clioscope.segments.scale import Scale, learn_scale, scale_from
from clioscope.segments.turns import Turn, turns_of

__all__ = ["Divided", "Scale", "Turn", "best_cuts", "divide", "learn_scale", "scale_from", "turns_of"]
