"""The graph of a draft, whose head covers only the commonest ids: `logits` has a column for every id all the same (those outside
the head get -1e9). The extension runs drafts from their bare weights (kernel_weights.py); the graph is for other runtimes."""
import numpy as np
from onnx import helper

from export.onnx_graph import FLOAT, INT64, Graph, caches, finish, gqa_layers, text_inputs


def build_draft(weights, shape, tables, output_ids, bits=8):
    g, inputs = Graph(), text_inputs()
    logits = g.multiply(gqa_layers(g, weights, shape, tables, bits), "head", weights["embedding"][output_ids], bits)
    column = np.full(shape.vocabulary, len(output_ids), np.int64)  # the extra column stands for all other ids
    column[output_ids] = np.arange(len(output_ids))
    padded = g.node("Pad", [logits, g.constant([0, 0, 0, 0, 0, 1]), g.constant(-1e9, np.float32)])
    g.node("Gather", [padded, g.weight("column_of_id", column)], ["logits"], axis=-1)
    best = g.node("ArgMax", [logits], axis=-1, keepdims=0)
    g.node("Gather", [g.weight("output_ids", output_ids.astype(np.int64)), best], ["argmax"])
    outputs = [helper.make_tensor_value_info("logits", FLOAT, ["batch_size", "sequence", shape.vocabulary]),
               helper.make_tensor_value_info("argmax", INT64, ["batch_size", "sequence"])]
    past, present = caches(shape)
    return finish(g, inputs + past, outputs + present)
