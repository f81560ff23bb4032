"""A Llama: RMSNorm, rotary positions, SwiGLU, grouped-query attention, embedding tied to the head. No biases, no dropout.

Shapes: B sequences, T tokens, D width, H query heads, K key-value heads, S head size, F feed-forward width, V ids.
The same module runs in three ways: compiled C++ kernels (bf16 on a CPU with AVX-512), PyTorch 2's fused attention (GPU),
and plain operations (anything else: fp32 where a processor has no bf16 units, and for parity checks).
"""
import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import nn

from model import kernels
from model.precision import working_type


@dataclasses.dataclass
class Shape:
    """What config.json says of a model."""
    width: int = 320
    layers: int = 6
    heads: int = 5
    kv_heads: int = 1
    head_size: int = 64
    feed_forward: int = 896
    vocabulary: int = 8192
    context: int = 1024
    rope_theta: float = 10000.0
    epsilon: float = 1e-5


def rope_tables(shape, length):
    """Cosines and sines of the rotary angles, float32 [length, S / 2] each."""
    frequency = shape.rope_theta ** (-torch.arange(0, shape.head_size, 2).double() / shape.head_size)
    angle = torch.arange(length).double()[:, None] * frequency
    return angle.cos().float(), angle.sin().float()


def rms_norm(x, weight, epsilon):
    if x.dtype == torch.bfloat16 and x.device.type == "cpu" and kernels.available():
        return kernels.RMSNorm.apply(x, weight, epsilon)
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + epsilon) * weight.float()).to(x.dtype)


def swiglu(both):
    if both.dtype == torch.bfloat16 and both.device.type == "cpu" and kernels.available():
        return kernels.SwiGLU.apply(both)
    gate, up = both.chunk(2, -1)
    return F.silu(gate) * up


def rotate(x, cosine, sine):
    """x [B, T, heads, S] turned by its position; the pairs are (i, i + S/2), as in Llama."""
    a, b = x.float().chunk(2, -1)
    cosine, sine = cosine[:, None], sine[:, None]
    return torch.cat((a * cosine - b * sine, b * cosine + a * sine), -1).to(x.dtype)


def attention(qkv, cosine, sine, shape):
    """qkv [B, T, (H + 2 K) S] -> [B, T, H S], causal."""
    heads, kv, size = shape.heads, shape.kv_heads, shape.head_size
    if qkv.dtype == torch.bfloat16 and qkv.device.type == "cpu" and qkv.shape[1] % 16 == 0 and kernels.available():
        return kernels.Attention.apply(qkv, cosine, sine, heads, kv, size)
    batch, time, _ = qkv.shape
    q, k, v = qkv.view(batch, time, heads + 2 * kv, size).split((heads, kv, kv), 2)
    q, k = rotate(q, cosine, sine).transpose(1, 2), rotate(k, cosine, sine).transpose(1, 2)
    k, v = k.repeat_interleave(heads // kv, 1), v.transpose(1, 2).repeat_interleave(heads // kv, 1)
    if hasattr(F, "scaled_dot_product_attention"):
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    else:
        scores = q @ k.transpose(-1, -2) * size ** -0.5
        hidden = torch.ones(time, time, dtype=torch.bool, device=q.device).triu(1)
        y = scores.masked_fill(hidden, -1e9).softmax(-1) @ v
    return y.transpose(1, 2).reshape(batch, time, heads * size)


def head_loss(hidden, embedding, target):
    """hidden [N, D], target [N] with negative = not counted -> mean cross entropy (nats per token)."""
    if hidden.dtype == torch.bfloat16 and hidden.device.type == "cpu" and kernels.available():
        return kernels.HeadLoss.apply(hidden, embedding, target)
    return F.cross_entropy((hidden @ embedding.t()).float(), target, ignore_index=-1)


def soft_loss(hidden, head, teacher_hidden, teacher_head, counted, hard):
    """Mean cross entropy of a draft's distribution to its teacher's; see kernels.SoftLoss. counted [N] says which rows count."""
    if hidden.dtype == torch.bfloat16 and hidden.device.type == "cpu" and kernels.available():
        return kernels.SoftLoss.apply(hidden, head, teacher_hidden, teacher_head, counted, hard)
    teacher = (teacher_hidden @ teacher_head.t()).float()
    wanted = (1 - hard) * teacher.softmax(-1) + hard * F.one_hot(teacher.argmax(-1), len(head))
    loss = -(wanted * (hidden @ head.t()).float().log_softmax(-1)).sum(-1)
    counted = counted.float()
    return (loss * counted).sum() / counted.sum().clamp(min=1)


class Block(nn.Module):
    """One layer: attention and feed-forward, each after a norm and added to the stream."""

    def __init__(self, shape):
        super().__init__()
        width, size = shape.width, shape.head_size
        self.shape = shape
        self.norm1 = nn.Parameter(torch.ones(width))
        self.norm2 = nn.Parameter(torch.ones(width))
        self.qkv = nn.Parameter(torch.empty((shape.heads + 2 * shape.kv_heads) * size, width))
        self.out = nn.Parameter(torch.empty(width, shape.heads * size))
        self.gate_up = nn.Parameter(torch.empty(2 * shape.feed_forward, width))
        self.down = nn.Parameter(torch.empty(width, shape.feed_forward))

    def product(self, x, name):
        """x times one of the four matrices. What changes a matrix (fill/tune.py's adapters) does so here."""
        return F.linear(x, getattr(self, name))

    def forward(self, x, cosine, sine):
        shape = self.shape
        qkv = self.product(rms_norm(x, self.norm1, shape.epsilon), "qkv")
        x = x + self.product(attention(qkv, cosine, sine, shape), "out")
        both = self.product(rms_norm(x, self.norm2, shape.epsilon), "gate_up")
        return x + self.product(swiglu(both), "down")


class Llama(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.empty(shape.vocabulary, shape.width))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.width))
        cosine, sine = rope_tables(shape, shape.context)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)
        self.reset()

    def reset(self):
        """Small embedding (it is also the head); matrices keep the variance; what is added to the stream starts small."""
        nn.init.normal_(self.embedding, 0, 0.02)
        for block in self.blocks:
            for matrix in (block.qkv, block.gate_up):
                nn.init.normal_(matrix, 0, matrix.shape[1] ** -0.5)
            for matrix in (block.out, block.down):
                nn.init.normal_(matrix, 0, 0.5 * matrix.shape[1] ** -0.5 / math.sqrt(2 * self.shape.layers))

    def to_working(self):
        """Weights to the format of precision.py for where they are; the rotary tables stay fp32."""
        for parameter in self.parameters():
            parameter.data = parameter.data.to(working_type(parameter.device))
        return self

    def hidden(self, ids):
        """ids [B, T] -> last hidden states [B, T, D], normalised."""
        time = ids.shape[1]
        x = F.embedding(ids, self.embedding)
        for block in self.blocks:
            x = block(x, self.cosine[:time], self.sine[:time])
        return rms_norm(x, self.norm, self.shape.epsilon)

    def forward(self, ids, target=None):
        """Logits [B, T, V], or with target [B, T] the mean loss over the targets that are not negative."""
        hidden = self.hidden(ids)
        if target is None:
            return F.linear(hidden, self.embedding)
        return head_loss(hidden.reshape(-1, hidden.shape[-1]), self.embedding, target.reshape(-1))

    def count(self):
        return sum(p.numel() for p in self.parameters())
