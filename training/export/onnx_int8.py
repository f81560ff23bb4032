"""The graph of a Llama whose weights and activations are 8 bit integers (int8.py), with the inputs and outputs of onnx_graph.py.

Integer sums do not depend on their order, so a row's result does not depend on how many rows are computed with it. Each matrix
has one scale for each output. Activations behind a norm have one fixed scale: their rows have root mean square 1, and no channel
is larger than others after the stream was turned. Others have the scale of their row's largest value, found with plain
operators (DynamicQuantizeLinear has one scale for all rows, which would make a row depend on its neighbours).
"""
import numpy as np

from export.int8 import quantize_rows, rotate, smooth, turn
from export.onnx_graph import FLOAT, Graph, text_graph

MICROSOFT = "com.microsoft"
MIDDLE = 128  # the code of zero; weights have signs, activations have not, which is what processors multiply fastest
REACH = 4.0  # the largest value behind a norm that is not cut
TURNED = 64  # neighbouring inputs of `down` that are turned together


class Int8Graph(Graph):
    """`multiply` and what surrounds it, in integers. `last` is the matrix that int8.rotate leaves for the head."""

    opset = 21  # scales of blocks in QuantizeLinear
    fixed = ("qkv", "gate_up")

    def __init__(self, last):
        super().__init__()
        self.last, self.turn = last, turn(TURNED)

    def codes(self, name, matrix):
        """Names of the codes and scales of a matrix [outputs, inputs]; the codes lie as products read them, [inputs, outputs]."""
        codes, scales = quantize_rows(matrix)
        return self.weight(name + "_codes", codes.T), self.weight(name + "_scales", scales)

    def embed(self, matrix, quantized):
        """Rows of the embedding, which is stored once: `head` multiplies with the same codes."""
        codes, scales = quantize_rows(matrix)
        rows = self.node("Cast", [self.node("Gather", [self.weight("embedding_codes", codes), "input_ids"])], to=FLOAT)
        scale = self.node("Gather", [self.weight("embedding_scales", scales), "input_ids"])
        return self.node("Mul", [rows, self.node("Unsqueeze", [scale, self.constant([-1])])])

    def head(self, x, matrix, quantized):
        x = self.weighed(x)
        scale = self.scale(x)
        rows = self.node("QuantizeLinear", [self.node("Div", [x, scale]), self.constant(1.0, np.float32), self.constant(MIDDLE, np.uint8)])
        transposed = self.node("Transpose", ["embedding_codes"], perm=[1, 0])  # done once, when the session starts
        return self.node("Mul", [self.product(rows, self.constant(1.0, np.float32), transposed, "embedding_scales"), scale])

    def weighed(self, x):
        """x @ last, of all rows twice: a floating-point product of one row has other bits than that of several."""
        twice = self.node("MatMul", [self.node("Concat", [x, x], axis=1), self.weight("last", self.last)])
        rows = self.node("Slice", [self.node("Shape", [x]), self.constant([1]), self.constant([2])])
        return self.node("Slice", [twice, self.constant([0]), rows, self.constant([1])])

    def multiply(self, x, name, matrix, bits):
        kind = name.rpartition("_")[0]
        if kind in self.fixed:
            scale = self.constant(REACH / 127, np.float32)
            rows = self.node("QuantizeLinear", [x, scale, self.constant(MIDDLE, np.uint8)])
            return self.product(rows, scale, *self.codes(name, matrix))
        if kind == "down":
            x, matrix = self.turned(x, matrix)
        scale = self.scale(x)
        rows = self.node("QuantizeLinear", [x, scale, self.middles()], axis=2, block_size=matrix.shape[1])
        return self.node("Mul", [self.product(rows, self.constant(1.0, np.float32), *self.codes(name, matrix)), scale])

    def turned(self, x, matrix):
        """(x, matrix) whose inputs are turned by an orthogonal matrix, TURNED at a time: their product is what it was.

        The inputs of `down` have peaks in single places, which no matrix before them can spread.
        """
        outputs, inputs = matrix.shape
        parts = self.node("Reshape", [x, self.constant([0, -1, inputs // TURNED, TURNED])])
        parts = self.node("MatMul", [parts, self.weight("turn", self.turn.astype(np.float32))])
        turned = (matrix.reshape(outputs, -1, TURNED).astype(np.float64) @ self.turn).reshape(outputs, inputs)
        return self.node("Reshape", [parts, self.constant([0, 0, inputs])]), turned.astype(np.float32)

    def scale(self, x):
        """The scale of each row, [batch, sequence, 1]: its largest value becomes 127. A row of zeros has scale zero and stays zero."""
        return self.node("Mul", [self.node("ReduceMax", [self.node("Abs", [x]), self.constant([-1])], keepdims=1), self.constant(1 / 127, np.float32)])

    def middles(self):
        """Codes of zero for all rows of a pass, uint8 [batch, sequence, 1]."""
        if "middles" not in self.known:
            self.known.add("middles")
            rows = self.node("Concat", [self.node("Shape", ["input_ids"]), self.constant([1])], axis=0)
            self.node("Expand", [self.constant([[[MIDDLE]]], np.uint8), rows], ["middles"])
        return "middles"

    def product(self, rows, scale, codes, scales):
        """Integers times integers, as floating-point numbers."""
        return self.node("MatMulIntegerToFloat", [rows, codes, scale, scales, self.constant(MIDDLE, np.uint8)], domain=MICROSOFT)


def build_int8(weights, shape, tables, peak):
    """weights {name: float32 array}, tables as in onnx_graph.build, peak from int8.peaks -> ModelProto."""
    turned = smooth(rotate(weights, shape), shape, peak)
    return text_graph(Int8Graph(turned.pop("last")), turned, shape, tables, "gqa", 8)
