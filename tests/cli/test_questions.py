"""The commands of a build in batches."""

import json

from commands import run_cli

BUILD = ("--model", "batch:tiny", "--embedder", "hash", "--set", "layout.method=pca", "--ask", "5")


def test_a_build_stops_and_says_what_to_do(chats, tmp_path):
    out = tmp_path / "atlas"
    stopped = run_cli("build", chats, "--out", out, *BUILD)
    assert stopped.returncode == 3
    assert "facets: 0 of 5 answered, 5 waiting.\n" in stopped.stderr
    assert f"Next: clioscope questions export {out} questions.jsonl" in stopped.stderr
    assert "Traceback" not in stopped.stderr

    file = tmp_path / "q.jsonl"
    assert run_cli("questions", "export", out, file).stdout == f"{file}: 5 questions for tiny, 0.0 MB\n"
    several = run_cli("questions", "export", out, tmp_path / "few.jsonl", "--rows", "2").stdout
    assert several.count(" for tiny") == 3 and "few-3.jsonl: 1 question for" in several

    keys = [json.loads(line)["custom_id"] for line in file.read_text().splitlines()]
    text = json.dumps({"request": "bake bread", "field": "food", "activity": "ask"})
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    rows = [{"custom_id": key, "response": {"status_code": 200, "body": {"choices": [choice]}}} for key in keys[:3]]
    rows.append({"custom_id": keys[3], "response": None, "error": {"code": "batch_expired"}})
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{oops\n")
    said = run_cli("questions", "import", out, tmp_path / "a.jsonl").stdout
    assert "5 lines: 3 answers stored, 1 failed, 1 broken" in said or "3 stored, but of no use" in said
    assert "1 × batch_expired." in said
    assert f"{tmp_path / 'a.jsonl'}, line 5: the line is no JSON" in said
    assert "facets: 3 of 5 answered, 1 failed, 2 waiting" in said
    assert "--without-failed" in said
    assert run_cli("questions", "status", out).stdout.startswith("facets: 3 of 5 answered, 1 failed, 2 waiting\n")


def test_errors_are_one_sentence(chats, tmp_path):
    found = run_cli("questions", "export", tmp_path / "none", tmp_path / "q.jsonl")
    assert found.returncode == 1
    assert "there is no such atlas, and no build of one" in found.stderr and found.stderr.count("\n") == 1
    found = run_cli("build", chats, "--out", tmp_path / "a", "--model", "fake", "--batch")
    assert found.returncode == 1 and "fake is not asked by files" in found.stderr
    found = run_cli("build", chats, "--out", tmp_path / "a", "--model", "batch:")
    assert found.returncode == 1 and "names no model" in found.stderr
