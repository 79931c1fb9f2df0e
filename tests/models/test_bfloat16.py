"""What the system says about the CPU."""

from clioscope.models.bfloat16 import multiplies_bfloat16


def test_what_the_cpu_can(tmp_path) -> None:
    told = {
        "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni\n": True,
        "flags\t\t: fpu avx2 amx_bf16 amx_tile\n": True,
        "Features\t: fp asimd i8mm bf16\n": True,
        "flags\t\t: fpu avx2 avx512f avx512_vnni\n": False,
        "model name\t: a CPU of bf16\nflags\t\t: fpu avx2\n": False,
    }
    for number, (text, able) in enumerate(told.items()):
        (tmp_path / str(number)).write_text(text)
        assert multiplies_bfloat16(tmp_path / str(number)) is able
    assert not multiplies_bfloat16(tmp_path / "none")
