"""Hidden states of a tiny model that the test makes."""

import numpy as np


def test_a_text_has_the_same_states_alone_and_in_a_batch(tiny):
    from clioscope.experiments.hidden_states import HiddenStates

    model = HiddenStates(tiny)
    texts = ["short", "a text that is somewhat longer", "mid length"]
    together, alone = model.states(texts, [0, 2]), model.states(texts[:1], [0, 2])
    for key in (("mean", 0), ("last", 2)):
        np.testing.assert_allclose(together[key][0], alone[key][0], atol=1e-5)
    same = model.states(["ab", "ba"], [0, 2])
    np.testing.assert_allclose(same["mean", 0][0], same["mean", 0][1], atol=1e-6)  # embeddings know no order
    assert np.abs(same["mean", 2][0] - same["mean", 2][1]).max() > 1e-3
    # above the embeddings the first token does not count: of two tokens only the last is left
    np.testing.assert_allclose(same["mean", 2], same["last", 2], atol=1e-6)
    one = model.states(["a"], [2])
    np.testing.assert_allclose(one["mean", 2], one["last", 2], atol=1e-6)


def test_a_patched_state_changes_what_is_said(tiny):
    from clioscope.experiments.hidden_states import HiddenStates

    model = HiddenStates(tiny)
    random = np.random.default_rng(0)
    said = {model.say("About{}?", patch=random.normal(size=32).astype(np.float32), layer=1, tokens=6) for _ in range(6)}
    assert len(said) > 1
    assert model.say("About x x x?", tokens=6) == model.say("About x x x?", tokens=6)
