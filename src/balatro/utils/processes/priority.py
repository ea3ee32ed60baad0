"""Who has to wait when the processor is full."""

from __future__ import annotations

import ctypes
import os
import sys

NICENESS = 10
"""On Linux and macOS, of 0 (usual) to 19."""
_BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of Windows."""


def give_way() -> None:
    """Let programs of usual priority go first: on Linux this thread and those that it starts, elsewhere the whole process."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), _BELOW_NORMAL)
    else:
        os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
