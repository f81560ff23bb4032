"""Each compiled kernel against PyTorch's own operations, forward and backward, in bf16 within bf16's rounding."""
import unittest

import torch

from model import kernels, llama


@unittest.skipUnless(kernels.available(), "this CPU or compiler has no AVX-512 with bfloat16")
class KernelsAgree(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)

    def compare(self, function, inputs, constants=(), tolerance=0.02):
        """Outputs and all gradients of `function` on bf16 inputs, with kernels and without."""
        fast = [x.clone().bfloat16().requires_grad_() for x in inputs]
        slow = [x.detach().float().requires_grad_() for x in fast]
        y, z = function(*fast, *constants), function(*slow, *constants)
        seed = torch.randn(z.shape).bfloat16() if z.ndim else torch.tensor(1.0)
        y.backward(seed.to(y.dtype))
        z.backward(seed.float())
        for a, b in [(y, z), *((f.grad, s.grad) for f, s in zip(fast, slow))]:
            error = (a.float() - b).norm() / b.norm()
            self.assertLess(error.item(), tolerance)

    def test_rms_norm(self):
        self.compare(lambda x, w: llama.rms_norm(x, w, 1e-5), [torch.randn(3, 50, 320), torch.rand(320) + 0.5])

    def test_swiglu(self):
        self.compare(llama.swiglu, [torch.randn(2, 37, 256) * 3])

    def test_attention(self):
        for time, heads, kv, size in ((256, 5, 1, 64), (96, 4, 2, 32)):
            shape = llama.Shape(heads=heads, kv_heads=kv, head_size=size)
            cosine, sine = llama.rope_tables(shape, time)
            self.compare(llama.attention, [torch.randn(3, time, (heads + 2 * kv) * size)], (cosine, sine, shape), 0.03)

    def test_head_loss(self):
        target = torch.randint(0, 1024, (700,))
        target[::7] = -1
        self.compare(llama.head_loss, [torch.randn(700, 64), torch.randn(1024, 64) * 0.3], (target,))

    def test_soft_loss(self):
        head = torch.randn(512, 96).sign().bfloat16()
        clear = head[torch.randint(0, 512, (600,))] * 0.3  # one id stands out: bf16 and fp32 agree on the likeliest
        counted = torch.arange(600) % 5 != 0
        for teacher, hard in ((torch.randn(600, 96).bfloat16() * 0.3, 0.0), (clear, 0.5)):
            def loss(hidden, own_head):
                kind = hidden.dtype
                return llama.soft_loss(hidden, own_head, teacher.to(kind), head.to(kind), counted, hard)
            self.compare(loss, [torch.randn(600, 64), torch.randn(512, 64) * 0.3])

    def test_whole_model(self):
        shape = llama.Shape(width=64, layers=2, heads=2, kv_heads=1, head_size=32, feed_forward=128, vocabulary=512, context=256)
        slow = llama.Llama(shape)
        fast = llama.Llama(shape).to_bf16()
        with torch.no_grad():
            for f, s in zip(fast.parameters(), slow.parameters()):
                f.copy_(s)
                s.copy_(f.float())
        ids = torch.randint(0, 512, (2, 256))
        with torch.no_grad():
            self.assertAlmostEqual(fast(ids, ids).item(), slow(ids, ids).item(), delta=0.02)
