"""Ctrl+C before the command line is even imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import balatro

ROOMS = sorted(".".join(path.parent.parts[-2:]) for path in Path(balatro.__file__).parent.glob("*/__main__.py"))
INTERRUPTED = """
import os, runpy, signal, sys
{before}
class Interrupt:
    def find_spec(self, name, *rest):
        if name == "balatro.cli.main":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
sys.argv = ["balatro", "--version"]
runpy.run_module("{module}", run_name="__main__")
"""


def run(module: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = INTERRUPTED.format(module=module, before=before)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("module", ["balatro", *ROOMS])
def test_ctrl_c_while_it_is_imported_is_one_line(module):
    done = run(module)
    assert (done.returncode, done.stderr) == (130, "balatro: stopped by Ctrl+C\n")


def test_where_ctrl_c_is_ignored_it_stays_so():
    done = run("balatro", "signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert done.returncode == 0 and done.stdout.startswith("balatro ")
