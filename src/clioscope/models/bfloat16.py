"""Whether this CPU multiplies numbers of 16 bits."""

from __future__ import annotations

from pathlib import Path

_CPU = Path("/proc/cpuinfo")
_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}  # x86, x86 with tiles, ARM
_CARDS = (Path("/proc/driver/nvidia"), Path("/dev/kfd"))  # drivers of NVIDIA and of AMD


def multiplies_bfloat16(cpu: Path = _CPU) -> bool:
    """Whether the CPU has instructions that multiply numbers in bfloat16; False where nothing tells (not Linux).

    Nothing heavy is imported. Many CPUs without such instructions can also do it, more slowly than in 32 bits.
    """
    try:
        text = cpu.read_text(errors="replace")
    except OSError:
        return False
    lines = (line.partition(":") for line in text.splitlines())
    return any(name.strip() in ("flags", "Features") and _FLAGS & set(values.split()) for name, _, values in lines)


def has_card() -> bool:
    """Whether torch would compute on a graphics card. torch is imported only where there is the driver of one."""
    if not any(driver.exists() for driver in _CARDS):
        return False
    import torch

    return bool(torch.cuda.is_available())
