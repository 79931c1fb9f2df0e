"""Ray: found, asked for quietly, and left again."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.cores import usable_cores

LEAST = (2, 55)  # the first version with ``build_processor`` that its makers call beta
HINT = 'run pip install "clioscope[ray]"'


def require() -> None:
    """Raise ModelError where Ray Data is not installed, or is too old. Ray is not imported."""
    from importlib.metadata import PackageNotFoundError, version
    from importlib.util import find_spec

    try:
        there = version("ray")
    except PackageNotFoundError:
        raise ModelError(f"cluster.on needs Ray, which is not installed; {HINT}.") from None
    if tuple(int(part) for part in there.split(".")[:2] if part.isdigit()) < LEAST:
        raise ModelError(f"cluster.on needs Ray {LEAST[0]}.{LEAST[1]} or newer, and {there} is installed; {HINT}.")
    missing = next((name for name in ("pyarrow", "aiohttp", "fsspec") if find_spec(name) is None), None)
    if missing:
        raise ModelError(f"cluster.on needs {missing}, which is not installed; {HINT}.")


class Connection:
    """Ray, connected at its first use: ``ray``, or the address of a cluster, ``ray://HOST:10001``.

    ``ray`` is the cluster that RAY_ADDRESS names, or else a Ray of its own on this machine, which ends with ``close``.
    ``further`` are CPUs that such a Ray counts beside those of the machine: actors that wait for a server hardly use
    theirs. Usage reports of Ray are off, whatever its configuration says.
    """

    def __init__(self, on: str, further: int = 0) -> None:
        self._on, self._further = on, further
        self._mine = False

    def ray(self) -> Any:
        """The module ``ray``, connected. Raises ModelError when there is no cluster at the address."""
        require()
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the behaviour to come; says nothing then
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what went wrong is said once, by us
        import ray

        if not ray.is_initialized():
            quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
            try:
                with _hushed():
                    if self._on.startswith("ray://"):
                        ray.init(self._on, **quiet)
                    else:
                        self._init_here(ray, quiet)
            except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
                raise ModelError(f"{self._on}: there is no Ray cluster to be reached ({reason}).") from error
            self._mine = True
            self._hush(ray)
        return ray

    def _init_here(self, ray: Any, quiet: dict[str, Any]) -> None:
        """Join the cluster of RAY_ADDRESS, or begin one. Another one that happens to run on this machine may be that of
        another build, and end with it."""
        if os.environ.get("RAY_ADDRESS"):
            ray.init(**quiet)
        else:
            cpus = usable_cores() + self._further
            # On loopback: nobody else on the network is to reach it.
            ray.init("local", num_cpus=cpus, include_dashboard=False, _node_ip_address="127.0.0.1", **quiet)

    def _hush(self, ray: Any) -> None:
        """No bars and no plans of Ray Data between the lines of our own progress."""
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)

    def close(self) -> None:
        """Leave the cluster; a Ray of its own ends."""
        if self._mine:
            import ray

            ray.shutdown()
            self._mine = False


@contextmanager
def _hushed() -> Iterator[None]:
    """Without the lines that Ray's C++ code writes when it starts; errors come as exceptions."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
