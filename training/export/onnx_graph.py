"""Writes a Llama as an ONNX graph with the hub's inputs and outputs. Two forms of one model:

`gqa`     com.microsoft operators: GroupQueryAttention with the rotary turn inside, fused norms, and MatMulNBits for 8 or 4
          bit weights. Past and present may be one preallocated buffer. This is the form that is shipped.
`concat`  plain ONNX operators only: keys and values are concatenated, positions come from `position_ids`.

Inputs  input_ids, attention_mask int64 [batch, ...], past_key_values.N.key / .value float [batch, kv heads, past, head size]
        num_logits_to_keep int64 scalar: logits of the last so many tokens only (0: of all), so that reading a prompt need not
        pay for the head at every token
Outputs logits float [batch, sequence, ids], present.N.key / .value, and `argmax` int64 [batch, sequence] (the likeliest id)
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLOCK = 32  # weights that share one scale in MatMulNBits, if not said otherwise
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def quantize(matrix, bits, block=BLOCK):
    """float [rows, columns] -> (uint8 [rows, columns / block, block * bits / 8], scales float [rows, columns / block]).

    Symmetric around the middle code (128 or 8), which is what MatMulNBits assumes without zero points.
    """
    rows, columns = matrix.shape
    blocks = matrix.reshape(rows, columns // block, block)
    middle = 1 << (bits - 1)
    at = np.abs(blocks).argmax(-1)[..., None]
    largest = np.take_along_axis(blocks, at, -1)
    scale = largest / -middle if bits == 4 else np.abs(largest) / (middle - 1)  # 4 bit: the extreme takes the code 0
    codes = np.round(blocks / np.where(scale == 0, 1, scale)) + middle
    codes = np.clip(codes, 0, 2 * middle - 1).astype(np.uint8)
    if bits == 4:
        codes = codes[..., 0::2] | codes[..., 1::2] << 4
    return codes, scale[..., 0].astype(np.float32)


class Graph:
    """Collects nodes and weights; methods named after operators return the name of their output."""

    opset = 17

    def __init__(self, block=BLOCK):
        self.block = block
        self.nodes, self.weights, self.known = [], [], set()

    def weight(self, name, array):
        if name not in self.known:
            self.known.add(name)
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def constant(self, value, kind=np.int64):
        array = np.array(value, kind)
        return self.weight(f"const_{kind.__name__}_{'_'.join(map(str, array.shape))}_{'_'.join(map(str, array.ravel()))}", array)

    def node(self, operator, inputs, outputs=1, name=None, domain="", **attributes):
        """Add a node; `outputs` is a number of generated names or a list of names."""
        name = name or f"{operator}_{len(self.nodes)}"
        if isinstance(outputs, int):
            outputs = [f"{name}_out{i}" if i else f"{name}_out" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=name, domain=domain, **attributes))
        return outputs[0] if len(outputs) == 1 else outputs

    def multiply(self, x, name, matrix, bits):
        """x @ matrix.T for a weight matrix [out, in]; quantized when bits says so."""
        if not bits:
            return self.node("MatMul", [x, self.weight(name, matrix.T)])
        if name + "_codes" not in self.known:
            codes, scales = quantize(matrix, bits, self.block)
            self.weight(name + "_codes", codes)
            self.weight(name + "_scales", scales.ravel())
        return self.node("MatMulNBits", [x, name + "_codes", name + "_scales"], domain="com.microsoft", K=matrix.shape[1],
                         N=matrix.shape[0], bits=bits, block_size=self.block, accuracy_level=4)

    def embed(self, matrix, quantized):
        """Rows of the embedding. It is stored once: the head multiplies with the same (8 bit) weights."""
        if not quantized:
            return self.node("Gather", [self.weight("embedding", matrix), "input_ids"])
        if "embedding_codes" not in self.known:
            codes, scales = quantize(matrix, 8, self.block)
            self.weight("embedding_codes", codes)
            self.weight("embedding_scales", scales.ravel())
        rows = self.node("Cast", [self.node("Gather", ["embedding_codes", "input_ids"])], to=FLOAT)
        centred = self.node("Sub", [rows, self.constant(128.0, np.float32)])
        scales = self.node("Reshape", ["embedding_scales", self.constant([len(matrix), -1, 1])])
        scaled = self.node("Mul", [centred, self.node("Gather", [scales, "input_ids"])])
        return self.node("Reshape", [scaled, self.constant([0, 0, matrix.shape[1]])])

    def head(self, x, matrix, quantized):
        """Logits. Unquantized, the transposed embedding is a view made when the session starts, not a second weight."""
        if quantized:
            return self.multiply(x, "embedding", matrix, 8)
        return self.node("MatMul", [x, self.node("Transpose", [self.weight("embedding", matrix)], perm=[1, 0])])


def feed_forward(g, x, weights, layer, shape, bits):
    both = g.multiply(x, f"gate_up_{layer}", weights[f"blocks.{layer}.gate_up"], bits)
    gate, up = g.node("Split", [both, g.constant([shape.feed_forward, shape.feed_forward])], 2, axis=-1)
    silu = g.node("Mul", [gate, g.node("Sigmoid", [gate])])
    return g.multiply(g.node("Mul", [silu, up]), f"down_{layer}", weights[f"blocks.{layer}.down"], bits)


def caches(shape):
    """(input, output) descriptions of keys and values of all layers."""
    past, present = [], []
    for layer in range(shape.layers):
        for kind in ("key", "value"):
            past.append(helper.make_tensor_value_info(f"past_key_values.{layer}.{kind}", FLOAT, ["batch_size", shape.kv_heads, "past", shape.head_size]))
            present.append(helper.make_tensor_value_info(f"present.{layer}.{kind}", FLOAT, ["batch_size", shape.kv_heads, "total", shape.head_size]))
    return past, present


def lengths(g):
    """(index of the last valid position int32 [batch], positions in all int32 scalar) from the attention mask."""
    length = g.node("ReduceSum", ["attention_mask", g.constant([1])], keepdims=0)
    last = g.node("Cast", [g.node("Sub", [length, g.constant([1])])], to=TensorProto.INT32)
    total = g.node("Cast", [g.node("Gather", [g.node("Shape", ["attention_mask"]), g.constant(1)])], to=TensorProto.INT32)
    return last, total


def gqa_layers(g, weights, shape, tables, bits):
    """All layers in com.microsoft operators; returns the normalised last hidden states."""
    x, added = g.embed(weights["embedding"], bits), None
    last, total = lengths(g)
    cosine, sine = g.weight("rope_cosine", tables[0]), g.weight("rope_sine", tables[1])

    def norm(x, added, name, weight):
        """(normalised, stream): adds what the last part computed to the stream and normalises it, in one operator."""
        scale, unique = g.weight(name, weight), f"{name}_{len(g.nodes)}"
        if added is None:
            return g.node("SimplifiedLayerNormalization", [x, scale], name=unique, axis=-1, epsilon=shape.epsilon), x
        outputs = [unique + "_normed", "", "", unique + "_stream"]
        g.node("SkipSimplifiedLayerNormalization", [x, added, scale], outputs, name=unique, domain="com.microsoft", epsilon=shape.epsilon)
        return outputs[0], outputs[3]

    for layer in range(shape.layers):
        block, kinds = f"blocks.{layer}.", [f"{layer}.key", f"{layer}.value"]
        normed, x = norm(x, added, f"norm1_{layer}", weights[block + "norm1"])
        qkv = g.multiply(normed, f"qkv_{layer}", weights[block + "qkv"], bits)
        attended = g.node("GroupQueryAttention", [qkv, "", "", *[f"past_key_values.{kind}" for kind in kinds], last, total, cosine, sine],
                          [f"attended_{len(g.nodes)}", *[f"present.{kind}" for kind in kinds]], domain="com.microsoft",
                          num_heads=shape.heads, kv_num_heads=shape.kv_heads, do_rotary=1, rotary_interleaved=0,
                          scale=shape.head_size ** -0.5)[0]
        added = g.multiply(attended, f"out_{layer}", weights[block + "out"], bits)
        normed, x = norm(x, added, f"norm2_{layer}", weights[block + "norm2"])
        added = feed_forward(g, normed, weights, layer, shape, bits)
    return norm(x, added, "norm", weights["norm"])[0]


def concat_layers(g, weights, shape, tables):
    """All layers in plain operators; returns the normalised last hidden states."""
    size, heads, kv = shape.head_size, shape.heads, shape.kv_heads
    x = g.embed(weights["embedding"], None)
    one, axis1 = g.constant(1), g.constant([1])
    cosine, sine = (g.node("Unsqueeze", [g.node("Gather", [g.weight(name, table), "position_ids"]), axis1])
                    for name, table in (("rope_cosine", tables[0]), ("rope_sine", tables[1])))
    total = g.node("Gather", [g.node("Shape", ["attention_mask"]), one])
    first = g.node("Sub", [total, g.node("Gather", [g.node("Shape", ["input_ids"]), one])])
    columns = g.node("Range", [g.constant(0), total, one])
    rows = g.node("Unsqueeze", [g.node("Range", [first, total, one]), axis1])
    seen = g.node("And", [g.node("LessOrEqual", [columns, rows]),
                          g.node("Unsqueeze", [g.node("Cast", ["attention_mask"], to=TensorProto.BOOL), g.constant([1, 2])])])
    mask = g.node("Where", [seen, g.constant(0.0, np.float32), g.constant(-1e9, np.float32)])

    def norm(x, name, weight):
        mean = g.node("ReduceMean", [g.node("Mul", [x, x])], axes=[-1], keepdims=1)
        root = g.node("Sqrt", [g.node("Add", [mean, g.constant(shape.epsilon, np.float32)])])
        return g.node("Mul", [g.node("Div", [x, root]), g.weight(name, weight)])

    def rotate(x):
        a, b = g.node("Split", [x, g.constant([size // 2, size // 2])], 2, axis=-1)
        left = g.node("Sub", [g.node("Mul", [a, cosine]), g.node("Mul", [b, sine])])
        right = g.node("Add", [g.node("Mul", [b, cosine]), g.node("Mul", [a, sine])])
        return g.node("Concat", [left, right], axis=-1)

    def spread(x):
        """[batch, kv, total, size] -> [batch, heads, total, size]: each key head serves a group of query heads."""
        group = g.node("Concat", [*[g.node("Gather", [g.node("Shape", [x]), g.constant([i])]) for i in (0, 1)], g.constant([heads // kv]),
                                  *[g.node("Gather", [g.node("Shape", [x]), g.constant([i])]) for i in (2, 3)]], axis=0)
        return g.node("Reshape", [g.node("Expand", [g.node("Unsqueeze", [x, g.constant([2])]), group]), g.constant([0, heads, -1, size])])

    for layer in range(shape.layers):
        block, past, present = f"blocks.{layer}.", f"past_key_values.{layer}.", f"present.{layer}."
        qkv = g.multiply(norm(x, f"norm1_{layer}", weights[block + "norm1"]), f"qkv_{layer}", weights[block + "qkv"], None)
        parts = g.node("Split", [qkv, g.constant([heads * size, kv * size, kv * size])], 3, axis=-1)
        q, k, v = (g.node("Transpose", [g.node("Reshape", [part, g.constant([0, 0, n, size])])], perm=[0, 2, 1, 3])
                   for part, n in zip(parts, (heads, kv, kv)))
        k = g.node("Concat", [past + "key", rotate(k)], [present + "key"], axis=2)
        v = g.node("Concat", [past + "value", v], [present + "value"], axis=2)
        scores = g.node("MatMul", [rotate(q), g.node("Transpose", [spread(k)], perm=[0, 1, 3, 2])])
        scaled = g.node("Add", [g.node("Mul", [scores, g.constant(size ** -0.5, np.float32)]), mask])
        mixed = g.node("MatMul", [g.node("Softmax", [scaled], axis=-1), spread(v)])
        flat = g.node("Reshape", [g.node("Transpose", [mixed], perm=[0, 2, 1, 3]), g.constant([0, 0, heads * size])])
        x = g.node("Add", [x, g.multiply(flat, f"out_{layer}", weights[block + "out"], None)])
        x = g.node("Add", [x, feed_forward(g, norm(x, f"norm2_{layer}", weights[block + "norm2"]), weights, layer, shape, None)])
    return norm(x, "norm", weights["norm"])


def finish(g, inputs, outputs, operators=("", "com.microsoft")):
    """The collected nodes and weights as a model; opset 17 and IR 8, which every onnxruntime of the last years reads."""
    graph = helper.make_graph(g.nodes, "llama", inputs, outputs, g.weights)
    opsets = [helper.make_opsetid(name, 1 if name else g.opset) for name in operators]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="slipstream")
    model.ir_version = 8 if g.opset < 21 else 10
    return model


def text_inputs():
    return [helper.make_tensor_value_info("input_ids", INT64, ["batch_size", "sequence"]),
            helper.make_tensor_value_info("attention_mask", INT64, ["batch_size", "total"])]


def text_graph(g, weights, shape, tables, form="gqa", bits=None):
    """The whole graph, with the nodes and weights collected in g."""
    inputs = text_inputs()
    if form == "gqa":
        hidden = gqa_layers(g, weights, shape, tables, bits)
        inputs.append(helper.make_tensor_value_info("num_logits_to_keep", INT64, []))
        start = g.node("Reshape", [g.node("Neg", ["num_logits_to_keep"]), g.constant([1])])
        hidden = g.node("Slice", [hidden, start, g.constant([np.iinfo(np.int64).max]), g.constant([1])])
    else:
        inputs.append(helper.make_tensor_value_info("position_ids", INT64, ["batch_size", "sequence"]))
        hidden = concat_layers(g, weights, shape, tables)
    logits = g.head(hidden, weights["embedding"], bits)
    g.node("Identity", [logits], ["logits"])
    g.node("ArgMax", [logits], ["argmax"], axis=-1, keepdims=0)
    outputs = [helper.make_tensor_value_info("logits", FLOAT, ["batch_size", "kept", shape.vocabulary]),
               helper.make_tensor_value_info("argmax", INT64, ["batch_size", "kept"])]
    past, present = caches(shape)
    return finish(g, inputs + past, outputs + present, ("", "com.microsoft") if form == "gqa" else ("",))


def build(weights, shape, tables, form="gqa", bits=None, block=BLOCK):
    """weights: {name of a parameter: float32 array}, tables: rotary cosines and sines [context, head size / 2] -> ModelProto."""
    return text_graph(Graph(block), weights, shape, tables, form, bits)
