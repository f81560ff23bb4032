import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MemoryWeights } from '../engine/memory/memorySampler.ts';
import { messageOf } from '../errors.ts';
import { tunedPlaces } from '../models/places.ts';
import { readManifest, storedFiles } from '../runtime/manifest.ts';
import type { ModelFolder } from '../runtime/modelFolder.ts';
import { weightFiles } from '../runtime/weights.ts';
import type { BundledTarget } from './openTarget.ts';
import { type PolicyFile, readPolicyFile } from './policyFile.ts';
import { writeWhole } from './wholeFile.ts';

/** A target as policies are tuned for it: its workspace memory is part of it. */
export interface TunedTarget {
  readonly folder: ModelFolder;
  /** Its name among the bundled ones. */
  readonly name: BundledTarget | undefined;
  readonly memory: MemoryWeights | undefined;
}

/** What there is of a policy of the model's own. */
export type TunedPolicy =
  | { readonly type: 'none' }
  | { readonly type: 'there'; readonly policy: PolicyFile }
  /** It is not used, and the message says why. */
  | { readonly type: 'ignored'; readonly reason: 'broken' | 'other-model'; readonly message: string };

/**
 * Where what is tuned for a model lies: under its name for the bundled ones and those of the store, else under its folder's name
 * and place.
 * @param store folder of the models that were added.
 */
export function placesOfTuned(store: string, { folder, name }: Pick<TunedTarget, 'folder' | 'name'>) {
  return tunedPlaces(name ?? nameIn(store, folder), store);
}

function nameIn(store: string, folder: ModelFolder): string {
  if (path.dirname(folder.path) === path.resolve(store)) return folder.name;
  const place = createHash('sha256').update(realpathSync(folder.path)).digest('hex');
  return `${folder.name}-${place.slice(0, 12)}`;
}

/**
 * What a model is known by, as hexadecimal digits: the SHA-256 of its graph, weights and tokenizer where a manifest has them; else,
 * since to read gigabytes at every start takes too long, the weights' names, sizes and times and the tokenizer's content.
 */
export async function identityOf({ folder, memory }: TunedTarget): Promise<string> {
  const hash = createHash('sha256');
  const weights = weightFiles(folder.graph);
  const manifest = await readManifest(folder.path);
  const digests = new Map((manifest ? storedFiles(manifest) : []).map(({ name, sha256 }) => [name, sha256]));
  for (const { file, bytes, modified } of weights) {
    const inside = path.relative(folder.path, file).replaceAll('\\', '/');
    hash.update(`${inside} ${bytes} ${digests.get(inside) ?? Math.round(modified)}\n`);
  }
  hash.update(await readFile(folder.tokenizer));
  if (memory) hash.update(JSON.stringify(memory));
  return hash.digest('hex');
}

const INSTEAD = 'The bundled policy is used until the model is tuned again.';

/** The policy that was tuned for a target, if there is one that can be used. Never rejects. */
export async function readTuned(store: string, target: TunedTarget): Promise<TunedPolicy> {
  try {
    const file = placesOfTuned(store, target).policy;
    if (!existsSync(file)) return { type: 'none' };
    const policy = await readPolicyFile(file);
    if (policy.trainedOn.identity === (await identityOf(target))) return { type: 'there', policy };
    const message = `The policy ${file} was tuned for other weights, or with another workspace memory. ${INSTEAD}`;
    return { type: 'ignored', reason: 'other-model', message };
  } catch (error) {
    // Whatever it is: completion goes on with the policy that serves every model.
    return { type: 'ignored', reason: 'broken', message: `${messageOf(error)} ${INSTEAD}` };
  }
}

/** Keep a policy for a target. @returns its file. @throws the system's error. */
export async function writeTuned(store: string, target: TunedTarget, policy: PolicyFile): Promise<string> {
  const file = placesOfTuned(store, target).policy;
  const trainedOn = { ...policy.trainedOn, identity: await identityOf(target) };
  await writeWhole(file, `${JSON.stringify({ ...policy, trainedOn })}\n`);
  return file;
}
