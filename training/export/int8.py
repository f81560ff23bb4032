"""8 bit integers for weights and activations: what is done to a model before its matrices are rounded.

A product of integers is exact, so it does not depend on the order of its sums nor on how many rows are computed together. What
is lost is lost in rounding: weights have one scale for each output, activations one for a whole row of channels, of which a few
are far larger than the others. `rotate` and `smooth` write the same function in other weights, whose channels are alike.

Names and shapes of weights are those of model/llama.py: a matrix is [outputs, inputs].
"""
import numpy as np
import torch
import torch.nn.functional as F

from model.llama import attention, rms_norm, rope_tables

STRENGTH = 0.5  # share of a channel's size that goes into the weights, as logarithms
INPUTS = ("qkv", "out", "gate_up", "down")  # matrices of a layer, each named for the input that it has


def peaks(weights, shape, texts):
    """{(layer, "out" or "down"): float [inputs]}: the largest absolute value of each input channel over texts (lists of ids)."""
    found = {}
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in weights.items()}

    def product(x, layer, name):
        if name in ("out", "down"):
            largest = x.abs().amax((0, 1))
            found[layer, name] = torch.maximum(found.get((layer, name), largest), largest)
        return F.linear(x, tensors[f"blocks.{layer}.{name}"])

    with torch.no_grad():
        for ids in texts:
            cosine, sine = rope_tables(shape, len(ids))
            x = F.embedding(torch.tensor([ids]), tensors["embedding"])
            for layer in range(shape.layers):
                norm = lambda name: rms_norm(x, tensors[f"blocks.{layer}.{name}"], shape.epsilon)
                x = x + product(attention(product(norm("norm1"), layer, "qkv"), cosine, sine, shape), layer, "out")
                gate, up = product(norm("norm2"), layer, "gate_up").chunk(2, -1)
                x = x + product(F.silu(gate) * up, layer, "down")
    return {key: value.numpy() for key, value in found.items()}


def factors(peak, matrix, strength):
    """By what each input channel is divided: peak ** strength / (largest weight) ** (1 - strength), 1 on average."""
    largest = np.abs(matrix).max(0)
    found = np.maximum(peak, 1e-5) ** strength / np.maximum(largest, 1e-5) ** (1 - strength)
    return (found / np.exp(np.log(found).mean())).astype(np.float32)


def turn(size, seed=1):
    """A random orthogonal matrix [size, size]."""
    q, r = np.linalg.qr(np.random.default_rng(seed).standard_normal((size, size)))
    return q * np.sign(np.diag(r))


def rotate(weights, shape):
    """The same function with the stream between the layers turned by a random orthogonal matrix (Ashkboos et al. 2024, «QuaRot»).

    The root mean square of a row does not change when it is turned, so after the norms' weights have gone into the matrices
    behind them the turn goes there too. What was large in a few channels is then spread evenly over all. The embedding is the
    head as well and so cannot take up the last norm's weights: `last` [width, width] turns back, weighs and turns again.
    """
    q = turn(shape.width)
    exact = lambda name: weights[name].astype(np.float64)
    result = {"embedding": exact("embedding") @ q, "norm": np.ones(shape.width), "last": (q.T * exact("norm")) @ q}
    for layer in range(shape.layers):
        at = lambda name: f"blocks.{layer}.{name}"
        result |= {at("qkv"): exact(at("qkv")) * exact(at("norm1")) @ q, at("gate_up"): exact(at("gate_up")) * exact(at("norm2")) @ q,
                   at("out"): q.T @ exact(at("out")), at("down"): q.T @ exact(at("down")),
                   at("norm1"): np.ones(shape.width), at("norm2"): np.ones(shape.width)}
    return {name: array.astype(np.float32) for name, array in result.items()}


def smooth(weights, shape, peak, strength=STRENGTH):
    """The same function with smaller peaks in the inputs of `out` and `down` (Xiao et al. 2023, «SmoothQuant»): columns of these
    matrices take up the factors by which the rows before them are divided. Inputs of `out` are mixtures of value rows, where
    the query heads of a group share a row and so a factor; those of `down` are products with a row of `up`.
    """
    result, size, group = dict(weights), shape.head_size, shape.heads // shape.kv_heads
    for layer in range(shape.layers):
        at = lambda name: f"blocks.{layer}.{name}"
        qkv, out, gate_up, down = (result[at(name)].copy() for name in INPUTS)
        shared = peak[layer, "out"].reshape(shape.kv_heads, group, size).max(1)
        columns = out.reshape(-1, shape.kv_heads, group, size)
        by_value = factors(shared.ravel(), np.abs(columns).max(2).reshape(len(out), -1), strength)
        qkv[-shape.kv_heads * size:] /= by_value[:, None]
        out *= np.repeat(by_value.reshape(shape.kv_heads, 1, size), group, 1).ravel()
        by_up = factors(peak[layer, "down"], down, strength)
        gate_up[shape.feed_forward:] /= by_up[:, None]
        down *= by_up
        result |= {at("qkv"): qkv, at("out"): out, at("gate_up"): gate_up, at("down"): down}
    return result


def quantize_rows(matrix):
    """float [outputs, inputs] -> (codes int8 [outputs, inputs], scales float32 [outputs]).

    The scale is that with the least squared error among some below the one that lets no weight be cut.
    """
    largest = np.maximum(np.abs(matrix).max(1), 1e-12)
    best = np.full(len(matrix), np.inf)
    codes, scales = np.empty(matrix.shape, np.int8), np.empty(len(matrix), np.float32)
    for share in np.linspace(0.8, 1, 9):
        scale = (largest * share / 127).astype(np.float32)
        tried = np.clip(np.round(matrix / scale[:, None]), -127, 127)
        error = ((tried * scale[:, None] - matrix) ** 2).sum(1)
        better = error < best
        best[better], scales[better], codes[better] = error[better], scale[better], tried[better]
    return codes, scales
