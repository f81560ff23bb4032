import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { UserError } from '../../src/errors.ts';
import type { Load } from './protocol.ts';

const script = path.join(import.meta.dirname, 'convert.py');
const writer = path.join(import.meta.dirname, '..', '..', 'training', 'gguf.py');
const cardSchema = z.object({ role: z.string(), languages: z.array(z.string()).default([]) });

/** What can be converted: a target's graph, a draft's bare weights. */
const WEIGHTS = [path.join('onnx', 'model_q8.onnx'), path.join('weights', 'draft_q8.safetensors')];
/** Debian's Python has Debian's packages, even where another one comes first in PATH. */
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);

/**
 * A model folder as its peers read it, made once for the same model and converter.
 * @throws UserError `no-python`, `not-converted`.
 */
export function converted(folder: string, cache: string): string {
  const weights = WEIGHTS.map((file) => path.join(folder, file)).find(existsSync);
  if (!weights) throw new UserError('not-converted', `${folder} has none of ${WEIGHTS.join(', ')}.`);
  const hash = createHash('sha256');
  for (const file of [weights, path.join(folder, 'config.json'), script, writer])
    hash.update(readFileSync(file));
  const out = path.join(cache, `${path.basename(folder)}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(out)) return out;
  mkdirSync(cache, { recursive: true });
  const part = `${out}.part`;
  const { status, stderr } = spawnSync(python(), [script, folder, part], { encoding: 'utf8' });
  if (status !== 0) {
    rmSync(part, { recursive: true, force: true });
    throw new UserError(
      'not-converted',
      `${folder} cannot be converted: ${stderr.trim().split('\n').at(-1)}`,
    );
  }
  renameSync(part, out);
  return out;
}

/** The drafts in the folders beside the target `model` that llama.cpp can run, and why others are left out. */
export function convertedDrafts(
  model: string,
  cache: string,
): { readonly drafts: Load['drafts']; readonly notes: readonly string[] } {
  const around = path.dirname(path.resolve(model));
  const tokenizer = readFileSync(path.join(model, 'tokenizer.json'));
  const drafts: { file: string; languages: readonly string[] }[] = [];
  const notes: string[] = [];
  for (const name of readdirSync(around).sort()) {
    const card = path.join(around, name, 'slipstream.json');
    if (!existsSync(card)) continue;
    const { role, languages } = cardSchema.parse(JSON.parse(readFileSync(card, 'utf8')));
    if (role !== 'draft') continue;
    if (!readFileSync(path.join(around, name, 'tokenizer.json')).equals(tokenizer)) {
      notes.push(`${name} is left out. Its tokens are not those of the target.`);
      continue;
    }
    try {
      drafts.push({
        file: path.join(converted(path.join(around, name), cache), 'model.gguf'),
        languages,
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notes.push(`${name} is left out. ${error.message}`);
    }
  }
  return { drafts, notes };
}

function python(): string {
  const found = PYTHONS.find((name) => spawnSync(name, ['-c', 'import onnx, numpy']).status === 0);
  if (found) return found;
  throw new UserError(
    'no-python',
    'No Python with onnx and numpy was found. Install them (Debian and Ubuntu: apt-get install python3-onnx ' +
      'python3-numpy), or set PYTHON to one that has them.',
  );
}
