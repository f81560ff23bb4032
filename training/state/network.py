"""A draft that reads what its target has computed: a small recurrent network behind the target's hidden states.

At the pass that chose a token the target leaves its hidden state; the draft starts from it and goes on token by token:

    s_0 = P f                            f: what rows.py taps, [taps * width]
    a   = (norm(s_i), e(x_i))            e: the draft's own embedding, of its ids alone; others share a row
    s_{i+1} = M a + O (silu(G a) * U a)
    logits  = E norm(s_{i+1})            E = e: embedding and head are tied

So it has no prompt to read and no keys and values to keep, and a guess costs two small products and the head. The kind is that of
recurrent drafters (Cheng et al. 2024, arXiv 2403.09919) and EAGLE (Li et al. 2024, arXiv 2401.15077); the small head that of FR-Spec
(Zhao et al. 2025, arXiv 2502.14856). kernels/state.ts of the extension computes the same.
"""
import torch
import torch.nn.functional as F
from torch import nn

from model.llama import rms_norm, swiglu

EPSILON = 1e-5


class StateDraft(nn.Module):
    """width D, inner F, ids V (one row more: all other tokens), features of size S."""

    def __init__(self, features, ids, width, inner):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(ids + 1, width) * 0.05)
        self.begin = nn.Parameter(torch.randn(width, features) * features ** -0.5)
        self.gate_up = nn.Parameter(torch.randn(2 * inner, 2 * width) * (2 * width) ** -0.5)
        self.mix = nn.Parameter(torch.eye(width, 2 * width))
        self.down = nn.Parameter(torch.zeros(width, inner))
        self.norm1 = nn.Parameter(torch.ones(width))
        self.norm2 = nn.Parameter(torch.ones(width))

    def first(self, features):
        """features [N, S] -> state [N, D]."""
        return F.linear(features, self.begin)

    def step(self, state, places):
        """state [N, D] and places [N] of the next tokens among the ids (V: another) -> the state behind them."""
        both = torch.cat((rms_norm(state, self.norm1, EPSILON), F.embedding(places, self.embedding)), -1)
        return F.linear(both, self.mix) + F.linear(swiglu(F.linear(both, self.gate_up)), self.down)

    def hidden(self, state):
        return rms_norm(state, self.norm2, EPSILON)

    def head(self):
        return self.embedding[:-1]
