"""Greedy continuation of many prompts at once with a key-value cache: for evaluation and for the targets of distillation."""
import torch
import torch.nn.functional as F

from corpus.tokenizer import END, PAD
from model.llama import attention, rms_norm, rotate, swiglu


class Cache:
    """Keys and values of all layers, [B, kv heads, room, size] each; row b holds `length[b]` valid positions."""

    def __init__(self, model, rows, room):
        shape = model.shape
        size = rows, shape.kv_heads, room, shape.head_size
        where = {"dtype": model.embedding.dtype, "device": model.embedding.device}
        self.keys = [torch.zeros(size, **where) for _ in range(shape.layers)]
        self.values = [torch.zeros(size, **where) for _ in range(shape.layers)]
        self.length = None


def read_prompts(model, ids, length, room):
    """ids [B, T] padded on the right, length [B] -> (cache, hidden states of the last token of each row [B, D])."""
    shape, cache = model.shape, Cache(model, len(ids), room)
    time = ids.shape[1]
    cosine, sine = model.cosine[:time], model.sine[:time]
    heads, kv, size = shape.heads, shape.kv_heads, shape.head_size
    x = F.embedding(ids, model.embedding)
    for layer, block in enumerate(model.blocks):
        qkv = F.linear(rms_norm(x, block.norm1, shape.epsilon), block.qkv)
        _, k, v = qkv.view(*ids.shape, heads + 2 * kv, size).split((heads, kv, kv), 2)
        cache.keys[layer][:, :, :time] = rotate(k, cosine, sine).transpose(1, 2)
        cache.values[layer][:, :, :time] = v.transpose(1, 2)
        x = x + F.linear(attention(qkv, cosine, sine, shape), block.out)
        x = x + F.linear(swiglu(F.linear(rms_norm(x, block.norm2, shape.epsilon), block.gate_up)), block.down)
    cache.length = length.clone()
    last = x[torch.arange(len(ids), device=x.device), length - 1]
    return cache, rms_norm(last, model.norm, shape.epsilon)


def one_more(model, cache, ids):
    """One token per row, ids [B], at each row's own position -> hidden states [B, D]. What lies behind is overwritten."""
    shape, at = model.shape, cache.length
    heads, kv, size = shape.heads, shape.kv_heads, shape.head_size
    rows = torch.arange(len(ids), device=ids.device)
    cosine, sine = model.cosine[at], model.sine[at]
    room = int(at.max()) + 1
    hidden = torch.arange(room, device=ids.device)[None, None, None] > at[:, None, None, None]
    x = F.embedding(ids, model.embedding)
    for layer, block in enumerate(model.blocks):
        qkv = F.linear(rms_norm(x, block.norm1, shape.epsilon), block.qkv).view(len(ids), heads + 2 * kv, size)
        q, k, v = qkv.split((heads, kv, kv), 1)
        q, k = rotate(q, cosine, sine), rotate(k, cosine, sine)
        keys, values = cache.keys[layer], cache.values[layer]
        keys[rows, :, at], values[rows, :, at] = k, v
        scores = q.view(len(ids), kv, heads // kv, size) @ keys[:, :, :room].transpose(2, 3) * size ** -0.5
        mixed = scores.float().masked_fill(hidden, -1e9).softmax(-1).to(x.dtype) @ values[:, :, :room]
        x = x + F.linear(mixed.reshape(len(ids), heads * size), block.out)
        x = x + F.linear(swiglu(F.linear(rms_norm(x, block.norm2, shape.epsilon), block.gate_up)), block.down)
    cache.length = at + 1
    return rms_norm(x, model.norm, shape.epsilon)


@torch.no_grad()
def greedy(model, prompts, most, stop=lambda row, token: token == END, forbidden=(), healing=None):
    """prompts: lists of ids -> lists of at most `most` new ids; a row ends with the token for which stop(row, token) holds.

    With healing (fill/healing.py) the ends of the prompts are cut back; answers then are what follows the whole prompt as bytes of the
    first tokens less what was cut: (ids, bytes to take off the front) for each row.
    """
    cuts = [healing.cut(p) for p in prompts] if healing else [(p, b"") for p in prompts]
    prompts, required = [c[0] for c in cuts], [c[1] for c in cuts]
    device = model.embedding.device
    width = -(-max(map(len, prompts)) // 16) * 16
    ids = torch.full((len(prompts), width), PAD)
    for row, prompt in zip(ids, prompts):
        row[:len(prompt)] = torch.tensor(prompt)
    length = torch.tensor([len(p) for p in prompts])
    cache, hidden = read_prompts(model, ids.to(device), length.to(device), width + most)
    answers, running = [[] for _ in prompts], set(range(len(prompts)))
    for _ in range(most):
        logits = hidden @ model.embedding.t()
        logits[:, list(forbidden)] = -1e9
        best = logits.argmax(-1)
        for row in running:
            if required[row]:
                allowed = torch.tensor(healing.allowed(required[row]))
                best[row] = allowed[logits[row, allowed].argmax()]
                required[row] = healing.rest(required[row], int(best[row]))
        for row, token in enumerate(best.tolist()):
            if row in running:
                answers[row].append(token)
                if not required[row] and stop(row, token):
                    running.discard(row)
        if not running:
            break
        hidden = one_more(model, cache, best)
    return [(answer, c[1]) for answer, c in zip(answers, cuts)] if healing else answers
