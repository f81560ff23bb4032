import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MemoryWeights } from '../engine/memory/memorySampler.ts';
import { messageOf } from '../errors.ts';
import { type CheckedFiles, requireIntact } from '../runtime/integrity.ts';
import { readMemoryFile } from './memoryFile.ts';
import type { BundledTarget } from './openTarget.ts';
import { type PolicyFile, readPolicyFile } from './policyFile.ts';

/** `auto`: on for the small bundled target, for which it was learnt and measured, and off for every other. */
export const MEMORY_MODES = ['auto', 'on', 'off'] as const;
export type MemoryMode = (typeof MEMORY_MODES)[number];

export interface WeightsOptions {
  /** Folder that holds the bundled models. */
  readonly bundled: string;
  /** File of the trained policy; the bundled one without it. */
  readonly policyFile?: string | undefined;
  /** Whether the file and the workspace weigh in on every token; `auto` without it. */
  readonly memory?: MemoryMode | undefined;
  readonly checked?: CheckedFiles | undefined;
  /** Whether a file that was named and cannot be used is a failure, and not a problem to be told of. */
  readonly strict?: boolean;
}

/**
 * A policy that cannot be used must not stop completion: the rule stands in, and the user is told. Beside a target that
 * remembers, copies are right far more often, so there is a policy for either.
 */
export async function policyWeights(
  { policyFile, bundled, checked, strict }: WeightsOptions,
  target: BundledTarget | undefined,
  remembers: boolean,
  problems: string[],
): Promise<PolicyFile | undefined> {
  const file = policyFile || path.join(bundled, 'policy', bundledPolicy(target, remembers));
  if (!policyFile && !existsSync(file)) return undefined;
  try {
    if (!policyFile)
      await requireIntact(path.dirname(file), { checked, only: (name) => name === path.basename(file) });
    return await readPolicyFile(file);
  } catch (error) {
    if (policyFile && strict) throw error;
    problems.push(`${messageOf(error)} The rule chooses instead.`);
    return undefined;
  }
}

/** The policy for a target: two for the small one, and one for every other, which was trained on the larger one. */
function bundledPolicy(target: BundledTarget | undefined, remembers: boolean): string {
  if (target !== 'tiny') return 'general.json';
  return remembers ? 'policy.json' : 'without-memory.json';
}

/** Weights that cannot be used must not stop completion: the model goes without a memory, and the user is told. */
export async function memoryWeights(
  { memory = 'auto', bundled, checked, strict }: WeightsOptions,
  target: BundledTarget | undefined,
  problems: string[],
): Promise<MemoryWeights | undefined> {
  if (memory === 'off' || (memory === 'auto' && target !== 'tiny')) return undefined;
  const folder = path.join(bundled, 'memory');
  try {
    await requireIntact(folder, { checked });
    return await readMemoryFile(path.join(folder, 'memory.json'));
  } catch (error) {
    if (memory === 'on' && strict) throw error;
    problems.push(`${messageOf(error)} Workspace memory is off.`);
    return undefined;
  }
}
