"""An attacker of published counts: finds the few people that a sum or difference of them is about.

The attacker knows the exact counts, before rounding, which rows are counted where, and the possible values of each
facet. ``smallest`` solves an integer program (HiGHS), ``widths`` linear ones, as in audits of cell suppression
(Fischetti and Salazar 2000).
"""

from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from clioscope.privacy.places import ROOT


def kinds_of(plans, values):
    """The kinds of rows that there may be, as (places in each copy, born, values), and the kind of each row.

    The places are those of some row; every combination of values may occur.
    """
    rows = list(zip(*(plan.place for plan in plans), plans[-1].born.tolist(), strict=True))
    names = list(values)
    choices = [[*sorted({value for value in values[name] if value is not None}), None] for name in names]
    kinds = [(*where, *own) for where in sorted(set(rows), key=str) for own in product(*choices)]
    place = {kind: number for number, kind in enumerate(kinds)}
    return kinds, [place[(*where, *(values[name][row] for name in names))] for row, where in enumerate(rows)]


def matrix(plans, values):
    """One row per published count and one column per kind: whether the count is about the kind."""
    kinds, own = kinds_of(plans, values)
    names = list(values)
    found = []
    for number, plan in enumerate(plans):
        found += [
            [kind[number] is not None and group in (*plan.shown.above(kind[number]), ROOT) for kind in kinds]
            for group in (ROOT, *plan.shown.parents)
        ]
        for facet, cells in plan.cells.items():
            at = len(plans) + 1 + names.index(facet)
            for (group, value), rows in cells.items():
                born = {int(plan.born[row]) for row in rows}  # of the first copies whose rows the cell is about
                found.append(
                    [
                        kind[number] is not None
                        and group in plan.shown.above(kind[number])
                        and kind[at] == value
                        and kind[len(plans)] in born
                        for kind in kinds
                    ]
                )
    return np.array(found, float), np.array(own)


def smallest(plans, values, users):
    """The fewest people, and the fewest rows, that a sum or difference of the counts is about; None for none."""
    counts, own = matrix(plans, values)
    cells, kinds = counts.shape
    people = sorted(set(users))
    there = np.bincount(own, minlength=kinds)
    best = []
    for weigh_people in (True, False):
        # Variables: the factor of each count (any number), each kind (in the set or not), each person (in it or not).
        width = cells + kinds + len(people)
        same = np.hstack([counts.T, -np.eye(kinds), np.zeros((kinds, len(people)))])
        within = np.zeros((len(users), width))
        for row, user in enumerate(users):
            within[row, cells + own[row]] = -1
            within[row, cells + kinds + people.index(user)] = 1
        some = np.concatenate([np.zeros(cells), there > 0, np.zeros(len(people))])
        cost = np.concatenate(
            [np.zeros(cells), np.zeros(kinds) if weigh_people else there, np.full(len(people), weigh_people)]
        )
        found = milp(
            cost,
            constraints=[
                LinearConstraint(same, 0, 0),
                LinearConstraint(within, 0, np.inf),
                LinearConstraint(some[None], 1, np.inf),
            ],
            integrality=np.concatenate([np.zeros(cells), np.ones(kinds + len(people))]),
            bounds=Bounds(
                np.concatenate([np.full(cells, -8.0), np.zeros(kinds + len(people))]),
                np.concatenate([np.full(cells, 8.0), np.ones(kinds + len(people))]),
            ),
        )
        best.append(round(found.fun) if found.success else None)
    return best


def widths(plan, values, facet):
    """How wide the interval is that the counts leave for each cell of a facet, by group and value."""
    values = {facet: values[facet]}
    only = plan._replace(cells={facet: plan.cells[facet]})
    counts, own = matrix([only], values)
    kinds, _ = kinds_of([only], values)
    known = counts @ np.bincount(own, minlength=len(kinds))
    found = {}
    for group in plan.shown.parents:
        for value in sorted({value for value in values[facet] if value is not None}):
            cell = np.array(
                [kind[2] == value and kind[0] is not None and group in plan.shown.above(kind[0]) for kind in kinds]
            )
            ends = [linprog(sign * cell, A_eq=counts, b_eq=known).fun * sign for sign in (1, -1)]
            found[group, value] = ends[1] - ends[0]
    return found
