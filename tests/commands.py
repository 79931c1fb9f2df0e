"""Runs commands as a user would, in a process of their own."""

import subprocess
import sys

FAKE = ("--model", "fake", "--embedder", "hash", "--set", 'naming.show=["request"]')
FAKE += ("--set", "layout.method=pca", "--quiet")


def run_cli(*words, check=False, **options):
    command = [sys.executable, "-c", "from clioscope.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=check, **options)
