"""How fast MiniLM turns texts into vectors: with 32 bits, and with the 16 bits that some CPUs multiply.

    python benchmarks/encoding.py [--texts 1000]

Needs the ``sharegpt`` data set of the catalogue, CLINC150 (``$CLIOSCOPE_DATA``) and the encoder all-MiniLM-L6-v2.
Prints texts per second for long texts (the user's turns, 2,000 characters) and short ones (60 characters), both ways in
turn; the smallest and the mean cosine between the vectors of both ways; and the AMI of k-means with the 150 intents
of CLINC150 on both.
"""

from __future__ import annotations

import argparse
import itertools
import time

import numpy as np

from clioscope.conversations import Conversation, read_conversations
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.sentences import SentenceEncoder
from clioscope.experiments.data import clinc150
from clioscope.measure.external import ami
from clioscope.models.fetch import pull


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=1000)
    given = parser.parse_args()

    from sklearn.cluster import KMeans

    records = (one for one in read_conversations(pull("sharegpt"), format="sharegpt") if isinstance(one, Conversation))
    long = [
        " ".join(message.content for message in one.messages if message.role == "user")[:2000]
        for one in itertools.islice(records, given.texts)
    ]
    short = [text[:60] for text in long]
    data = clinc150()
    folder = pull("all-MiniLM-L6-v2")
    vectors: dict[bool, np.ndarray] = {}
    for bfloat16 in (False, True):
        encoder = SentenceEncoder(folder, bfloat16=bfloat16)
        encoder.encode(long[:8])
        speeds = []
        for texts in (long, short):
            start = time.perf_counter()
            rows = encode_texts(texts, encoder, None)
            speeds.append(len(set(texts)) / (time.perf_counter() - start))
            if texts is long:
                vectors[bfloat16] = rows
        found = encode_texts(data.texts, encoder, None)
        scores = [ami(KMeans(150, n_init=1, random_state=seed).fit_predict(found), data.truth) for seed in range(3)]
        print(
            f"{16 if bfloat16 else 32} bits: {speeds[0]:.0f} long and {speeds[1]:.0f} short texts per second, "
            f"AMI on CLINC150 {np.mean(scores):.3f} (three seeds)"
        )
    cosines = (vectors[False] * vectors[True]).sum(axis=1)
    print(f"cosine between both: smallest {cosines.min():.5f}, mean {cosines.mean():.5f}")


if __name__ == "__main__":
    main()
