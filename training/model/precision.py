"""The number format that weights and activations have while they are trained or asked here: bf16 where the machine multiplies it.

A processor without bf16 units computes bf16 products several times slower than fp32 ones, so there fp32 it is. The
masters are fp32 in both cases, and checkpoints fit either.
"""
import functools

import torch


@functools.lru_cache(None)
def _bf16_units():
    try:
        with open("/proc/cpuinfo") as f:
            told = f.read()
    except OSError:
        return False
    return "avx512_bf16" in told or "amx_bf16" in told


def working_type(device="cpu"):
    """torch.bfloat16 on a GPU and on processors with bf16 units, else torch.float32."""
    return torch.bfloat16 if str(device) != "cpu" or _bf16_units() else torch.float32
