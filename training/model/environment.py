"""What glibc and OpenMP must be told before PyTorch is loaded."""
import os
import sys

# glibc and OpenMP read these at start. With the first three, memory stays with the process: otherwise every step pays for
# page faults (half of the time). With the last, a thread that waits for its sibling leaves the core to others.
WANTED = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "268435456",
          "OMP_WAIT_POLICY": "passive"}


def prepare():
    """Start the program anew with these variables unless they are set. Call it first, from a folder's entry alone."""
    if not all(name in os.environ for name in WANTED):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**WANTED, **os.environ})
