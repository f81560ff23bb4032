"""The graphs of a draft: its head covers only the commonest ids, and several steps may be unrolled into one call.

`build_draft`     like the target's graph; `logits` has a column for every id (those outside the head get -1e9).
`build_unrolled`  reads input_ids and then writes STEPS tokens by itself. Outputs: `tokens` int64 [1, STEPS], greedy;
                  `probabilities` float [1, STEPS], the draft's own for each token; present.* after the last step, in which
                  the last token has not been fed. One call instead of STEPS: calls cost more than the arithmetic here.
"""
import numpy as np
from onnx import helper

from onnx_graph import FLOAT, INT64, Graph, caches, finish, gqa_layers, lengths, text_inputs


def reduced_head(g, hidden, weights, output_ids, bits):
    """Logits over output_ids only."""
    return g.multiply(hidden, "head", weights["embedding"][output_ids], bits)


def build_draft(weights, shape, tables, output_ids, bits=8):
    g, inputs = Graph(), text_inputs()
    logits = reduced_head(g, gqa_layers(g, weights, shape, tables, bits), weights, output_ids, bits)
    column = np.full(shape.vocabulary, len(output_ids), np.int64)  # the extra column stands for all other ids
    column[output_ids] = np.arange(len(output_ids))
    padded = g.node("Pad", [logits, g.constant([0, 0, 0, 0, 0, 1]), g.constant(-1e9, np.float32)])
    g.node("Gather", [padded, g.weight("column_of_id", column)], ["logits"], axis=-1)
    best = g.node("ArgMax", [logits], axis=-1, keepdims=0)
    g.node("Gather", [g.weight("output_ids", output_ids.astype(np.int64)), best], ["argmax"])
    outputs = [helper.make_tensor_value_info("logits", FLOAT, ["batch", "sequence", shape.vocabulary]),
               helper.make_tensor_value_info("argmax", INT64, ["batch", "sequence"])]
    past, present = caches(shape)
    return finish(g, inputs + past, outputs + present)


def build_unrolled(weights, shape, tables, output_ids, steps=4, bits=8):
    g, inputs = Graph(), text_inputs()
    last, total = lengths(g)
    ids, past, tokens, probabilities = "input_ids", "past_key_values", [], []
    for step in range(steps):
        present = "present" if step == steps - 1 else f"step_{step}"
        hidden = gqa_layers(g, weights, shape, tables, bits, ids, past, present, last, total)
        if step == 0:  # of the tokens that were fed, only the last one is asked what follows
            hidden = g.node("Slice", [hidden, g.constant([-1]), g.constant([np.iinfo(np.int64).max]), g.constant([1])])
        logits = reduced_head(g, hidden, weights, output_ids, bits)
        best = g.node("ArgMax", [logits], axis=-1, keepdims=0)
        ids = g.node("Gather", [g.weight("output_ids", output_ids.astype(np.int64)), best])
        gap = g.node("Sub", [g.node("ReduceMax", [logits], axes=[-1], keepdims=0), g.node("ReduceLogSumExp", [logits], axes=[-1], keepdims=0)])
        tokens.append(ids)
        probabilities.append(g.node("Exp", [gap]))
        last = g.node("Add", [last, g.constant([1], np.int32)])
        total = g.node("Add", [total, g.constant(1, np.int32)])
        past = present
    g.node("Concat", tokens, ["tokens"], axis=1)
    g.node("Concat", probabilities, ["probabilities"], axis=1)
    outputs = [helper.make_tensor_value_info("tokens", INT64, ["batch", steps]), helper.make_tensor_value_info("probabilities", FLOAT, ["batch", steps])]
    past, present = caches(shape)
    return finish(g, inputs + past, outputs + present)
