// This folder: turns a GGUF file of the Llama family into a folder that the runtime runs, piece by piece.

import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GraphBuilder } from '../graphs/graphBuilder.ts';
import { GgufFile } from './ggufFile.ts';
import { LlamaGraph } from './llamaGraph.ts';
import { type LlamaShape, shapeOf } from './shape.ts';
import { type TokenizerFiles, tokenizerFiles } from './tokenizerFiles.ts';
import { WeightWriter } from './weightWriter.ts';

/** Positions that a converted model has, if not asked for otherwise: what a laptop reads in time, and its memory holds. */
const USUAL_CONTEXT = 4096;
/** Most tokens of a prompt, since reading a full context takes longer than anybody waits. */
const PROMPT_TOKENS = 1024;
const GRAPH = 'model_q8.onnx';

export interface ConvertOptions {
  /** Most positions; the model may have fewer. */
  readonly context?: number;
  /** Told how many bytes of weights were taken, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What a file holds, for people. */
export interface GgufFacts {
  readonly name: string;
  readonly architecture: string;
  readonly parameters: number;
  readonly licence: string | undefined;
  /** Bytes that its converted folder will take, a little more at most. */
  readonly bytes: number;
}

/**
 * Write the folder of a GGUF file's model: its graph, weights of 8 bits (4 where the file's own codes can stay), tokenizer,
 * `config.json` and card. Weights are read, coded and written a few megabytes at a time.
 * @param out a folder that is there or can be made; it is left half-written where this fails.
 * @throws UserError `model-broken`, `model-unreadable` or `model-unsupported`; the signal's reason once it is aborted.
 */
export async function convertGguf(
  file: string,
  out: string,
  options: ConvertOptions = {},
): Promise<GgufFacts> {
  const { context = USUAL_CONTEXT, onProgress, signal = new AbortController().signal } = options;
  const gguf = await GgufFile.open(file);
  try {
    const shape = shapeOf(gguf);
    const texts = tokenizerFiles(gguf);
    const facts = factsOf(gguf, shape);
    const positions = Math.min(shape.context, context);
    await mkdir(path.join(out, 'onnx'), { recursive: true });
    const location = `${GRAPH}_data`;
    const handle = await open(path.join(out, 'onnx', location), 'w');
    const graph = new GraphBuilder();
    const total = matrixBytes(gguf);
    let done = 0;
    const onRead = (bytes: number) => {
      done += bytes;
      onProgress?.(done, total);
    };
    try {
      const writer = new WeightWriter(gguf, graph, handle, location, onRead, signal);
      await new LlamaGraph(gguf, shape, graph, writer, positions).build();
      await handle.sync();
    } finally {
      await handle.close();
    }
    await writeFile(path.join(out, 'onnx', GRAPH), graph.finish(shape.architecture));
    const json = (name: string, value: object) =>
      writeFile(path.join(out, name), `${JSON.stringify(value, null, 1)}\n`);
    await writeFile(path.join(out, 'tokenizer.json'), JSON.stringify(texts.tokenizer));
    await json('tokenizer_config.json', texts.settings);
    await json('config.json', configOf(shape, positions, texts));
    await json('slipstream.json', cardOf(facts, texts, file));
    return facts;
  } finally {
    await gguf.close();
  }
}

/** What a GGUF file holds, without converting it. @throws UserError as {@link convertGguf}. */
export async function inspectGguf(file: string): Promise<GgufFacts> {
  const gguf = await GgufFile.open(file);
  try {
    const facts = factsOf(gguf, shapeOf(gguf));
    tokenizerFiles(gguf);
    return facts;
  } finally {
    await gguf.close();
  }
}

function factsOf(gguf: GgufFile, shape: LlamaShape): GgufFacts {
  let parameters = 0;
  for (const { rows, columns } of gguf.tensors.values()) parameters += rows * columns;
  return {
    name: gguf.text('general.name') ?? path.basename(gguf.file, '.gguf'),
    architecture: shape.architecture,
    parameters,
    licence: gguf.text('general.license'),
    // A byte for each weight, a scale of four for 32, and the texts.
    bytes: Math.ceil(parameters * 1.15) + 32 * 2 ** 20,
  };
}

/** Bytes of the matrices, which are nearly all of a file. */
function matrixBytes(gguf: GgufFile): number {
  let bytes = 0;
  for (const { rows, rowBytes } of gguf.tensors.values()) if (rows > 1) bytes += rows * rowBytes;
  return bytes;
}

/** `config.json` in the hub's words. */
function configOf(shape: LlamaShape, positions: number, { ends }: TokenizerFiles): object {
  return {
    model_type: shape.architecture,
    hidden_size: shape.width,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.keyValueHeads,
    head_dim: shape.headSize,
    intermediate_size: shape.feedForward,
    vocab_size: shape.vocabulary,
    max_position_embeddings: positions,
    rms_norm_eps: shape.epsilon,
    rope_theta: shape.ropeTheta,
    tie_word_embeddings: shape.tied,
    eos_token_id: ends,
  };
}

function cardOf(facts: GgufFacts, { chats }: TokenizerFiles, file: string): object {
  const millions = Math.round(facts.parameters / 1e6);
  return {
    role: 'target',
    description: `${millions} M parameters: ${facts.name}, converted from ${path.basename(file)}.`,
    prompt: { tokens: PROMPT_TOKENS },
    tasks: chats ? ['complete', 'summarize', 'translate'] : ['complete'],
  };
}
