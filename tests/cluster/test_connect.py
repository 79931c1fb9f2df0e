"""Which Ray is connected to, and how."""

import os

import pytest

from clioscope.cluster.connect import Connection
from clioscope.errors import ModelError


class Recorder:
    """Takes down how it is started."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple, dict]] = []

    def init(self, *given, **named) -> None:
        self.calls.append((given, named))


def test_a_ray_of_its_own_is_on_loopback_and_joins_no_other(monkeypatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    ray = Recorder()
    Connection("ray", 3)._init_here(ray, {"log_to_driver": False})
    ((given, named),) = ray.calls
    assert given == ("local",) and named["_node_ip_address"] == "127.0.0.1" and named["num_cpus"] >= 4
    assert (named["include_dashboard"], named["log_to_driver"]) == (False, False)


def test_a_cluster_that_is_named_is_joined(monkeypatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    ray = Recorder()
    Connection("ray")._init_here(ray, {"log_to_driver": False})
    assert ray.calls == [((), {"log_to_driver": False})]  # Ray reads the variable itself


@pytest.mark.slow
def test_nobody_at_the_address_is_one_sentence(monkeypatch) -> None:
    pytest.importorskip("ray", reason="the extra [ray] is not installed")
    import ray

    if ray.is_initialized():
        pytest.skip("this process is connected already")
    monkeypatch.setenv("RAY_ENABLE_AUTO_CONNECT", "0")

    def refuse(*given, **named):
        raise ConnectionError("ray client connection timeout\nmore")

    monkeypatch.setattr(ray, "init", refuse)
    connection = Connection("ray://127.0.0.1:9")
    with pytest.raises(ModelError, match=r"^ray://127\.0\.0\.1:9: there is no Ray cluster to be reached \(ray client"):
        connection.ray()
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    connection.close()
