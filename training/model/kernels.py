"""Compiles kernels.cpp once and offers it to autograd. `available()` is False where the CPU or the compiler lacks AVX-512
with bfloat16: the model then takes PyTorch's own operations (as it always does on a GPU)."""
import ctypes
import hashlib
import os
import subprocess
import tempfile

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
_library = None
_tried = False


def _compile():
    source = os.path.join(HERE, "kernels.cpp")
    with open(source, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()[:12]
    folder = os.path.join(tempfile.gettempdir(), f"slipstream-kernels-{os.getuid()}")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, digest + ".so")
    if not os.path.exists(path):
        part = f"{path}.{os.getpid()}"
        subprocess.run(["g++", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-ffast-math", "-o", part, source],
                       check=True, capture_output=True)
        os.replace(part, path)
    return ctypes.CDLL(path)


def available():
    """Whether the compiled kernels can be used on this machine."""
    global _library, _tried
    if not _tried:
        _tried = True
        try:
            with open("/proc/cpuinfo") as f:
                able = "avx512_bf16" in f.read()
            if able and not os.environ.get("SLIPSTREAM_NO_KERNELS"):
                _library = _compile()
        except (OSError, subprocess.CalledProcessError):
            _library = None
    return _library is not None


def call(name, *arguments):
    """Call a kernel: tensors go as pointers (they must be contiguous), integers as long, floats as float."""
    def convert(a):
        if isinstance(a, torch.Tensor):
            assert a.is_contiguous(), name
            return ctypes.c_void_p(a.data_ptr())
        return ctypes.c_float(a) if isinstance(a, float) else ctypes.c_long(a)
    getattr(_library, name)(*map(convert, arguments))


class RMSNorm(torch.autograd.Function):
    """x [..., width] bf16, weight [width] -> normalised x."""

    @staticmethod
    def forward(ctx, x, weight, epsilon):
        x = x.contiguous()
        y, inverse = torch.empty_like(x), torch.empty(x.numel() // x.shape[-1])
        call("rms_norm", x, weight, y, inverse, inverse.numel(), x.shape[-1], float(epsilon))
        ctx.save_for_backward(x, weight, inverse)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, weight, inverse = ctx.saved_tensors
        dx, dweight = torch.empty_like(x), torch.empty(x.shape[-1])
        call("rms_norm_backward", x, weight, inverse, dy.contiguous(), dx, dweight, inverse.numel(), x.shape[-1])
        return dx, dweight.to(weight.dtype), None


class SwiGLU(torch.autograd.Function):
    """both [..., 2 width] (gate and up side by side) -> silu(gate) * up, [..., width]."""

    @staticmethod
    def forward(ctx, both):
        both = both.contiguous()
        width = both.shape[-1] // 2
        y = both.new_empty(*both.shape[:-1], width)
        call("swiglu", both, y, y.numel() // width, width)
        ctx.save_for_backward(both)
        return y

    @staticmethod
    def backward(ctx, dy):
        both, = ctx.saved_tensors
        dboth, width = torch.empty_like(both), dy.shape[-1]
        call("swiglu_backward", both, dy.contiguous(), dboth, dy.numel() // width, width)
        return dboth


class Attention(torch.autograd.Function):
    """qkv [batch, time, (heads + 2 kv) size] -> causal grouped-query attention [batch, time, heads size].

    Query blocks only meet the columns they may see, so about half of the square is never computed. The matrix
    products are PyTorch's (oneDNN is good at bf16); rotary, softmax and the change of layout are kernels.
    """
    BLOCK = 128

    @staticmethod
    def forward(ctx, qkv, cosine, sine, heads, kv, size):
        batch, time, _ = qkv.shape
        qkv, scale, group = qkv.contiguous(), size ** -0.5, heads // kv
        q, k, v = qkv.new_empty(batch, heads, time, size), qkv.new_empty(batch, kv, time, size), qkv.new_empty(batch, kv, time, size)
        call("rope", qkv, q, k, v, cosine, sine, batch, time, heads, kv, size, scale, 1)
        q5, k, v = q.view(batch * kv, group, time, size), k.view(batch * kv, time, size), v.view(batch * kv, time, size)
        block = Attention.BLOCK if time % Attention.BLOCK == 0 else time
        saved, outputs = [], []
        for end in range(block, time + 1, block):
            rows = q5[:, :, end - block:end].reshape(batch * kv, group * block, size)
            p = torch.bmm(rows, k[:, :end].transpose(1, 2))
            call("causal_softmax", p, batch * kv, group * block, end, block, end - block)
            outputs.append(torch.bmm(p, v[:, :end]).view(batch, heads, block, size))
            saved.append(p)
        ctx.save_for_backward(q5, k, v, cosine, sine, *saved)
        ctx.shape = batch, time, heads, kv, size, block
        return torch.cat(outputs, 2).transpose(1, 2).reshape(batch, time, heads * size)

    @staticmethod
    def backward(ctx, dy):
        q5, k, v, cosine, sine, *saved = ctx.saved_tensors
        batch, time, heads, kv, size, block = ctx.shape
        group = heads // kv
        dy = dy.view(batch, time, kv, group, size).permute(0, 2, 3, 1, 4).reshape(batch * kv, group, time, size)
        dq, dk, dv = torch.empty_like(q5), torch.zeros(k.shape), torch.zeros(v.shape)
        for p, end in zip(saved, range(block, time + 1, block)):
            rows = q5[:, :, end - block:end].reshape(batch * kv, group * block, size)
            dout = dy[:, :, end - block:end].reshape(batch * kv, group * block, size)
            ds = torch.bmm(dout, v[:, :end].transpose(1, 2))
            call("softmax_backward", p, ds, batch * kv * group * block, end)
            dq[:, :, end - block:end] = torch.bmm(ds, k[:, :end]).view(batch * kv, group, block, size)
            dk[:, :end] += torch.bmm(ds.transpose(1, 2), rows)
            dv[:, :end] += torch.bmm(p.transpose(1, 2), dout)
        dqkv = q5.new_empty(batch, time, (heads + 2 * kv) * size)
        call("rope", dqkv, dq, dk.to(q5.dtype), dv.to(q5.dtype), cosine, sine, batch, time, heads, kv, size, size ** -0.5, 0)
        return dqkv, None, None, None, None, None


class HeadLoss(torch.autograd.Function):
    """hidden [rows, width], embedding [vocab, width], target [rows] (negative: not counted) -> mean cross entropy.

    Logits exist for `CHUNK` rows at a time, so that they stay in the cache, and turn into their own gradient there.
    """
    CHUNK = 512

    @staticmethod
    def forward(ctx, hidden, embedding, target):
        counted = target >= 0
        scale = counted.float() / counted.sum().clamp(min=1)
        target = target.clamp(min=0)
        loss, dhidden, dembedding = torch.empty(len(hidden)), torch.empty_like(hidden), torch.zeros(embedding.shape)
        for a in range(0, len(hidden), HeadLoss.CHUNK):
            b = min(a + HeadLoss.CHUNK, len(hidden))
            part = hidden[a:b]
            logits = part @ embedding.t()
            call("cross_entropy", logits, target[a:b], scale[a:b], loss[a:b], b - a, len(embedding))
            dhidden[a:b] = logits @ embedding
            dembedding += logits.t() @ part
        ctx.save_for_backward(dhidden, dembedding.to(embedding.dtype))
        return (loss * scale).sum()

    @staticmethod
    def backward(ctx, grad):
        dhidden, dembedding = ctx.saved_tensors
        return dhidden * grad.to(dhidden.dtype), dembedding * grad.to(dembedding.dtype), None


class SoftLoss(torch.autograd.Function):
    """Distillation: hidden [rows, width] with its head [ids, width] against the teacher's, weights [rows] float.

    The mean cross entropy to (1 - hard) * teacher's distribution + hard * teacher's likeliest id.
    """

    @staticmethod
    def forward(ctx, hidden, head, teacher_hidden, teacher_head, counted, hard):
        scale = counted.float() / counted.sum().clamp(min=1)
        loss, dhidden, dhead = torch.empty(len(hidden)), torch.empty_like(hidden), torch.zeros(head.shape)
        for a in range(0, len(hidden), HeadLoss.CHUNK):
            b = min(a + HeadLoss.CHUNK, len(hidden))
            part = hidden[a:b]
            logits, teacher = part @ head.t(), teacher_hidden[a:b] @ teacher_head.t()
            call("soft_cross_entropy", logits, teacher, scale[a:b], loss[a:b], b - a, len(head), float(hard))
            dhidden[a:b] = logits @ head
            dhead += logits.t() @ part
        ctx.save_for_backward(dhidden, dhead.to(head.dtype))
        return (loss * scale).sum()

    @staticmethod
    def backward(ctx, grad):
        dhidden, dhead = ctx.saved_tensors
        return dhidden * grad.to(dhidden.dtype), dhead * grad.to(dhead.dtype), None, None, None, None


class MarkedLoss(torch.autograd.Function):
    """Cross entropy with a head of which only the first rows learn: hidden [rows, width], head [vocab, width], marks [n, width] equal
    to head[:n], target [rows], weight [rows] float -> the sum of weight * cross entropy. A row of weight 0 costs as much as others:
    leave it out before.
    """
    CHUNK = 256

    @staticmethod
    def forward(ctx, hidden, head, marks, target, weight):
        loss, dhidden, dmarks = torch.empty(len(hidden)), torch.empty_like(hidden), torch.zeros(marks.shape)
        for a in range(0, len(hidden), MarkedLoss.CHUNK):
            b = min(a + MarkedLoss.CHUNK, len(hidden))
            part = hidden[a:b]
            logits = part @ head.t()
            call("cross_entropy", logits, target[a:b], weight[a:b], loss[a:b], b - a, len(head))
            dhidden[a:b] = logits @ head
            dmarks += logits[:, :len(marks)].t().float() @ part.float()
        ctx.save_for_backward(dhidden, dmarks.to(marks.dtype))
        return (loss * weight).sum()

    @staticmethod
    def backward(ctx, grad):
        dhidden, dmarks = ctx.saved_tensors
        return dhidden * grad.to(dhidden.dtype), None, dmarks * grad.to(dmarks.dtype), None, None
