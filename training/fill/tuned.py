"""An imported Llama as it is trained on: all matrices or low-rank adapters beside them, and the marks' rows of the embedding.

The rest of the embedding stays as it is: text tokens mean what they meant, and a step saves a third of the head's arithmetic.
"""
import torch
import torch.nn.functional as F
from torch import nn

from model import kernels
from model.llama import Block, Llama, rms_norm

MATRICES = ("qkv", "out", "gate_up", "down")


class AdaptedBlock(Block):
    """A layer whose matrices W stay and become W + B A / sqrt(rank) (Hu et al. 2021; the scale as in Kalajdzievski 2023)."""

    def adapt(self, rank):
        self.rank = rank
        for name in MATRICES:
            rows, columns = getattr(self, name).shape
            setattr(self, name + "_a", nn.Parameter(torch.randn(rank, columns) * columns ** -0.5))
            setattr(self, name + "_b", nn.Parameter(torch.zeros(rows, rank)))

    def product(self, x, name):
        inner = F.linear(x, getattr(self, name + "_a"))
        return F.linear(x, getattr(self, name)) + F.linear(inner, getattr(self, name + "_b") * self.rank ** -0.5)

    def merged(self, name):
        return getattr(self, name).float() + getattr(self, name + "_b").float() @ getattr(self, name + "_a").float() * self.rank ** -0.5


class Tuned(nn.Module):
    """`rank` 0 trains every matrix and norm, otherwise adapters of that rank alone. `marks` rows of the embedding are trained."""

    def __init__(self, shape, weights, marks, rank=0):
        """weights {name in model/llama.py: float32 tensor or array}; marks: the first so many ids are the marks."""
        super().__init__()
        self.shape, self.rank, self.llama = shape, rank, Llama(shape)
        with torch.no_grad():
            for name, parameter in self.llama.named_parameters():
                parameter.copy_(torch.as_tensor(weights[name]))
        for name, parameter in self.llama.named_parameters():
            parameter.requires_grad_(rank == 0 and name != "embedding")
        if rank:
            for block in self.llama.blocks:
                block.__class__ = AdaptedBlock
                block.adapt(rank)
        self.marks = nn.Parameter(self.llama.embedding.detach()[:marks].clone())

    def trained(self):
        """{name: parameter} of what a step changes."""
        return {name: p for name, p in self.named_parameters() if p.requires_grad}

    def sync(self):
        """Put the marks into the embedding; after every change of them."""
        with torch.no_grad():
            self.llama.embedding[:len(self.marks)] = self.marks

    def hidden(self, ids):
        """ids [B, T] -> last hidden states [B, T, D], normalised."""
        llama, count, time = self.llama, len(self.marks), ids.shape[1]
        x = torch.where((ids < count)[..., None], F.embedding(ids.clamp(max=count - 1), self.marks), F.embedding(ids, llama.embedding))
        for block in llama.blocks:
            x = block(x, llama.cosine[:time], llama.sine[:time])
        return rms_norm(x, llama.norm, self.shape.epsilon)

    def forward(self, ids, target, weight):
        """ids [B, T], target [B, T], weight [B, T] float (0: not learnt) -> the sum of weight * cross entropy (nats)."""
        chosen = weight.reshape(-1).nonzero()[:, 0]
        hidden = self.hidden(ids).reshape(-1, self.shape.width)[chosen]
        target, weight = target.reshape(-1)[chosen], weight.reshape(-1)[chosen]
        head, marks = self.llama.embedding, self.marks
        if hidden.dtype == torch.bfloat16 and hidden.device.type == "cpu" and kernels.available():
            return kernels.MarkedLoss.apply(hidden, head, marks, target, weight)
        logits = torch.cat((hidden @ marks.t(), hidden @ head[len(marks):].detach().t()), -1).float()
        return (F.cross_entropy(logits, target, reduction="none") * weight).sum()

    def merged(self):
        """{name in model/llama.py: float32 tensor}: the weights of a plain Llama."""
        result = {name: p.detach().float().clone() for name, p in self.llama.named_parameters() if not name.endswith(("_a", "_b"))}
        if self.rank:
            for i, block in enumerate(self.llama.blocks):
                result |= {f"blocks.{i}.{name}": block.merged(name).detach() for name in MATRICES}
        result["embedding"][:len(self.marks)] = self.marks.detach().float()
        return result
