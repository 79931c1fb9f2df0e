"""Made people for tests of releases with a guarantee: topics are axes, so no encoder is needed."""

import numpy as np

from clioscope.privacy.guarantee.people import Records
from clioscope.privacy.guarantee.public import Topics

NAMES = ["Cooking", "Travel", "Programming", "Health", "Music", "Law"]
WORDS = [["bread", "oven"], ["train", "hotel"], ["python", "error"], ["sleep", "doctor"], ["guitar"], ["contract"]]
DIMENSION = 16


def topics(shift=0.0):
    vectors = np.eye(len(NAMES), DIMENSION, dtype=np.float32)
    return Topics(NAMES, vectors, np.full(DIMENSION, shift, np.float32))


def made_records(people, each=3, kinds=3, seed=0, start=0):
    """``each`` conversations of so many people about the first ``kinds`` topics in turn."""
    generator = np.random.default_rng(seed)
    rows = [(person, number) for person in range(start, start + people) for number in range(each)]
    kind = np.array([(person + number) % kinds for person, number in rows])
    vectors = np.eye(len(NAMES), DIMENSION)[kind] + generator.normal(scale=0.1, size=(len(rows), DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Records(
        np.array([person for person, _ in rows], np.int64),
        [f"{person} {number}".encode() for person, number in rows],
        vectors.astype(np.float32),
        [(*WORDS[one], f"only{person}") for one, (person, _) in zip(kind, rows, strict=True)],
        {"language": ["en" if one else "ru" for one in kind]},
    )


def without(records, person):
    """The records of everybody but one person."""
    kept = np.flatnonzero(records.people != person)
    return Records(
        records.people[kept],
        [records.names[row] for row in kept],
        records.vectors[kept],
        [records.words[row] for row in kept],
        {name: [column[row] for row in kept] for name, column in records.values.items()},
    )
