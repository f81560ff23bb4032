import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../src/errors.ts';
import { openCard, openModelFolder } from '../../src/runtime/modelFolder.ts';
import type { Load } from './protocol.ts';

const script = path.join(import.meta.dirname, 'convert.py');
/** What a converted model depends on beside its folder. */
const CONVERTER = [
  script,
  path.join(import.meta.dirname, 'convert_int8.py'),
  path.join(import.meta.dirname, '..', '..', 'training', 'export', 'write_gguf.py'),
];

/** What can be converted: a target's graph, a draft's bare weights. */
const WEIGHTS = ['model_q8.onnx', 'draft_q8.safetensors'];
/** Debian's Python has Debian's packages, even where another one comes first in PATH. */
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);

/**
 * A model folder as its peers read it, made once for the same model and converter.
 * @throws UserError `no-python`, `not-converted`.
 */
export async function converted(folder: string, cache: string): Promise<string> {
  const { graph, graphPlaces } = await openModelFolder(folder);
  if (!WEIGHTS.includes(path.basename(graph))) {
    throw new UserError('not-converted', `${folder} has none of ${WEIGHTS.join(', ')}.`);
  }
  const hash = createHash('sha256');
  for (const file of [...graphPlaces, path.join(folder, 'config.json'), ...CONVERTER])
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

/**
 * The models that llama.cpp can run as drafts for the target in `model`, and why others are left out: the drafts beside it,
 * those in the folder `drafts` there, and the small bundled target beside any other.
 *
 * @param tiny folder of the small bundled target.
 */
export async function convertedDrafts(
  model: string,
  tiny: string,
  cache: string,
): Promise<{ readonly drafts: Load['drafts']; readonly notes: readonly string[] }> {
  const around = path.dirname(path.resolve(model));
  const places = [around, path.join(around, 'drafts')].filter(existsSync);
  const folders = places.flatMap((place) =>
    readdirSync(place)
      .sort()
      .map((name) => path.join(place, name)),
  );
  const tokenizer = readFileSync(path.join(model, 'tokenizer.json'));
  const drafts: { file: string; languages: readonly string[] }[] = [];
  const notes: string[] = [];
  for (const folder of folders) {
    const card = await openCard(folder);
    const small = path.resolve(folder) === tiny && path.resolve(model) !== tiny;
    if (card?.role !== 'draft' && !small) continue;
    const name = path.basename(folder);
    if (!readFileSync(path.join(folder, 'tokenizer.json')).equals(tokenizer)) {
      notes.push(`${name} is no draft for llama.cpp. Its tokens are not those of the target.`);
      continue;
    }
    try {
      const file = path.join(await converted(folder, cache), 'model.gguf');
      drafts.push({ file, languages: card?.languages ?? [] });
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
