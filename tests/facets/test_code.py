"""An edited function is another one; the same one is the same in every process."""

import functools
import os
import subprocess
import sys

from clioscope.facets.code import code_of
from clioscope.facets.known import choose_facets, load_modules

BODY = "from clioscope import facet\nWORDS = {words}\n@facet\ndef rude(row):\n    return {value}\n"


def test_an_edited_file_has_other_facets(tmp_path) -> None:
    found = []
    for number, (words, value) in enumerate([(["a"], 1), (["a"], 22), (["a", "b"], 22), (["a"], 1)]):
        path = tmp_path / str(number) / "mine.py"
        path.parent.mkdir()
        path.write_text(BODY.format(words=words, value=value))
        load_modules([path])
        found.append(choose_facets(["rude"])[0].identity)
    assert len(set(found)) == 3, "the body of the function counts, and what stands beside it"
    assert found[0] == found[3], "the folder does not"


def test_a_function_without_a_source_is_known_by_its_code() -> None:
    one, other, same = {}, {}, {}
    exec("def f(row): return row in {'a', 'b', 'c'}", one)
    exec("def f(row): return row in {'a', 'b', 'd'}", other)
    exec("def f(row): return row in {'a', 'b', 'c'}", same)
    assert code_of(one["f"]) == code_of(same["f"]) != code_of(other["f"])
    assert "0x" not in code_of(one["f"])
    program = (
        "from clioscope.facets.code import code_of; n = {};"
        'exec(\'def f(row): return [w for w in row if w in {"a", "b", "c"}]\', n); print(code_of(n[\'f\']))'
    )
    runs = {
        subprocess.check_output([sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": s}) for s in "12"
    }
    assert len(runs) == 1


def test_any_callable_has_one() -> None:
    assert code_of(len) != code_of(sum)
    assert code_of(functools.partial(int, base=2))
