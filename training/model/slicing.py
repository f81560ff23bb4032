"""A smaller model cut out of a trained one, to begin a draft with: some of its layers, a subspace of its stream, some of its neurons.

The stream is projected on the directions that carry most of it on real text (principal components, as SliceGPT does; Ashkboos et
al. 2024), heads stay whole, and feed-forward neurons are kept by the mean size of what they add. A draft that starts so knows in
minutes what one that starts from noise learns in hours.
"""
import torch
import torch.nn.functional as F

from model.llama import attention, rms_norm, swiglu


@torch.no_grad()
def observe(model, ids, layers):
    """ids [B, T] -> (second moments of the normalised stream [width, width], {layer: mean square of each neuron [F]})."""
    shape, time = model.shape, ids.shape[1]
    moments, neurons = torch.zeros(shape.width, shape.width), {}

    def look(x):
        flat = x.float().reshape(-1, shape.width)
        flat = flat * torch.rsqrt(flat.pow(2).mean(-1, keepdim=True) + shape.epsilon)
        moments.add_(flat.t() @ flat / len(flat))

    x = F.embedding(ids, model.embedding)
    for layer, block in enumerate(model.blocks):
        if layer in layers:
            look(x)
        qkv = F.linear(rms_norm(x, block.norm1, shape.epsilon), block.qkv)
        x = x + F.linear(attention(qkv, model.cosine[:time], model.sine[:time], shape), block.out)
        inner = swiglu(F.linear(rms_norm(x, block.norm2, shape.epsilon), block.gate_up))
        if layer in layers:
            look(x)
            neurons[layer] = inner.float().reshape(-1, shape.feed_forward).pow(2).mean(0)
        x = x + F.linear(inner, block.down)
    look(x)
    return moments, neurons


@torch.no_grad()
def sliced(model, shape, layers, ids):
    """Parameters {name: float32 tensor} of a Llama of `shape` cut out of `model`; heads and vocabulary must be the model's own.

    A normalised vector of the subspace is sqrt(width / narrower width) shorter than the one it comes from, which the matrices that
    read it make up for. ids [B, T]: text to look at.
    """
    wide = model.shape
    if (shape.heads, shape.kv_heads, shape.head_size, shape.vocabulary) != (wide.heads, wide.kv_heads, wide.head_size, wide.vocabulary):
        raise SystemExit("a model that is cut out keeps the heads and the vocabulary of the one it comes from")
    if len(layers) != shape.layers or shape.width > wide.width or shape.feed_forward > wide.feed_forward:
        raise SystemExit("a model that is cut out has as many layers as are named, and no more width than the one it comes from")
    moments, neurons = observe(model, ids, set(layers))
    basis = torch.linalg.eigh(moments)[1][:, -shape.width:]  # orthonormal columns
    stretch = (wide.width / shape.width) ** 0.5
    own = {name: p.float() for name, p in model.named_parameters()}
    result = {"embedding": own["embedding"] @ basis, "norm": stretch * (basis * own["norm"][:, None] * basis).sum(0)}
    for to, layer in enumerate(layers):
        part = lambda name: own[f"blocks.{layer}.{name}"]
        worth = neurons[layer] * part("down").pow(2).sum(0)
        kept = worth.topk(shape.feed_forward).indices.sort().values
        both = torch.cat((kept, kept + wide.feed_forward))
        result |= {f"blocks.{to}.{name}": tensor for name, tensor in (
            ("norm1", torch.ones(shape.width)), ("norm2", torch.ones(shape.width)),
            ("qkv", stretch * (part("qkv") * part("norm1")) @ basis), ("out", basis.t() @ part("out")),
            ("gate_up", stretch * (part("gate_up")[both] * part("norm2")) @ basis), ("down", basis.t() @ part("down")[:, kept]))}
    return {name: tensor.contiguous() for name, tensor in result.items()}
