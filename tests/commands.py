"""Runs commands as a user would type them: in this process, which is quick, or in one of their own."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from clioscope.cli import main

FAKE = ("--model", "fake", "--embedder", "hash", "--set", 'naming.show=["request"]')
FAKE += ("--set", "layout.method=pca", "--quiet")


def run_cli(*words, check=False):
    """Run a command here; what it printed and its exit status, in the shape of ``subprocess.run``."""
    said, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    command, status = ["clioscope", *map(str, words)], 0
    with patch.object(sys, "argv", command), redirect_stdout(said), redirect_stderr(told):
        try:
            main()
        except SystemExit as stop:
            status = stop.code or 0
    texts = []
    for stream in (said, told):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    done = subprocess.CompletedProcess(command, status, *texts)
    if check:
        done.check_returncode()
    return done


def run_process(*words):
    """Run a command in a process of its own; it must succeed."""
    command = [sys.executable, "-m", "clioscope", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True)
