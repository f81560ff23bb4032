"""Muon for matrices, AdamW for the embedding and the norms; weights in the format of precision.py with fp32 masters.

Muon (Jordan et al. 2024): momentum, then the update is replaced by a nearly orthogonal matrix of the same row and column
space, found with five Newton-Schulz steps. The masters take the update; the weights are rounded copies of them.
"""
import torch

from model.precision import working_type

STEPS = [(4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037),  # coefficients of the five
         (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012)]                             # quintic steps, fitted by You et al.


def orthogonal(stack):
    """stack [n, r, c] with r <= c, any scale -> matrices whose singular values are all close to 1, in the format of precision.py."""
    x = stack.to(working_type(stack.device))
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) * 1.01 + 1e-7).to(x.dtype)
    for a, b, c in STEPS:
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x


class Optimizer:
    """Owns the fp32 masters. `step(scale)` reads .grad of the model's parameters, updates, and clears them."""

    def __init__(self, model, muon_rate, adam_rate, weight_decay):
        self.rates = muon_rate, adam_rate
        self.decay = weight_decay
        self.parameters = dict(model.named_parameters())
        self.master = {name: p.detach().clone().float() for name, p in self.parameters.items()}
        self.matrices = [n for n, p in self.parameters.items() if p.ndim == 2 and n != "embedding"]
        self.others = [n for n in self.parameters if n not in set(self.matrices)]
        self.momentum = {n: torch.zeros_like(self.master[n]) for n in self.matrices}
        self.first = {n: torch.zeros_like(self.master[n]) for n in self.others}
        self.second = {n: torch.zeros_like(self.master[n]) for n in self.others}
        self.steps = 0
        self.copy_to_model()

    def copy_to_model(self):
        for name, parameter in self.parameters.items():
            parameter.data.copy_(self.master[name])

    def state(self):
        return {"master": self.master, "momentum": self.momentum, "first": self.first, "second": self.second, "steps": self.steps}

    def restore(self, state):
        for own, saved in ((getattr(self, key), state[key]) for key in ("master", "momentum", "first", "second")):
            for name, tensor in own.items():
                tensor.copy_(saved[name])
        self.steps = state["steps"]
        self.copy_to_model()

    @torch.no_grad()
    def step(self, scale=1.0):
        """One update at `scale` times the learning rates."""
        self.steps += 1
        self._muon(self.rates[0] * scale)
        self._adam(self.rates[1] * scale)
        self.copy_to_model()
        for parameter in self.parameters.values():
            parameter.grad = None

    def _muon(self, rate):
        stacks = {}  # (rows, columns) lying flat -> [(name, part, updates)]; one batch of products for each shape
        for name in self.matrices:
            gradient, momentum = self.parameters[name].grad.float(), self.momentum[name]
            momentum.lerp_(gradient, 0.05)
            update = gradient.lerp(momentum, 0.95)  # Nesterov
            parts = update.chunk(2) if name.endswith("gate_up") else [update]  # two matrices that share an input
            for part, matrix in enumerate(parts):
                flat = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.t()
                stacks.setdefault(tuple(flat.shape), []).append((name, part, flat))
        for name in self.matrices:
            self.master[name].mul_(1 - rate * self.decay)
        for entries in stacks.values():
            result = orthogonal(torch.stack([e[2] for e in entries])).float()
            for (name, part, _), matrix in zip(entries, result):
                master = self.master[name]
                target = master.chunk(2)[part] if name.endswith("gate_up") else master
                rows, columns = target.shape
                target.add_(matrix if rows <= columns else matrix.t(), alpha=-rate * max(1, rows / columns) ** 0.5)

    def _adam(self, rate, beta1=0.9, beta2=0.97):
        for name in self.others:
            gradient, first, second = self.parameters[name].grad.float(), self.first[name], self.second[name]
            first.lerp_(gradient, 1 - beta1)
            second.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            root = (second / (1 - beta2 ** self.steps)).sqrt_().add_(1e-8)
            own = rate if name == "embedding" else rate / 2
            self.master[name].addcdiv_(first, root, value=-own / (1 - beta1 ** self.steps))
