import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { DraftTimes, PassTimes } from '../engine/policy/costs.ts';
import { causeOf } from '../errors.ts';
import type { CheckedFiles } from '../runtime/integrity.ts';
import { loadOnnxRuntime } from '../runtime/onnx.ts';
import { weightFiles } from '../runtime/weights.ts';
import { writeWhole } from './wholeFile.ts';

/** What times are valid for: another processor or runtime has others. */
export interface CostMachine {
  readonly cpu: string;
  readonly cores: number;
  readonly onnxruntime: string;
  readonly platform: string;
}

/** Remembers measured times, so that they are measured once for a machine and a model. */
export interface CostCache {
  /** The times of a target's passes: remembered, else measured. */
  passTimes(graph: string, threads: number, measure: () => Promise<PassTimes>): Promise<PassTimes>;
  /** The times of a target's passes, if they are remembered. */
  known(graph: string, threads: number): PassTimes | undefined;
  /** The times of a draft: remembered, else measured. */
  draftTimes(graph: string, threads: number, measure: () => Promise<DraftTimes>): Promise<DraftTimes>;
  /** Replace what is remembered of a target. */
  renew(graph: string, threads: number, times: PassTimes): Promise<void>;
}

const millis = z.number().positive().max(1e6);
const passTimes: z.ZodType<PassTimes> = z
  .object({
    widths: z.array(z.int().positive()).min(1),
    contexts: z.array(z.int().min(0)).min(1),
    millis: z.array(z.array(millis)),
  })
  .refine(
    (times) =>
      times.millis.length === times.contexts.length &&
      times.millis.every((row) => row.length === times.widths.length),
    'as many rows as contexts and columns as widths',
  );
const draftTimes = z.looseObject({ token: millis, catchUp: millis });
const machine = z.object({
  cpu: z.string(),
  cores: z.int(),
  onnxruntime: z.string(),
  platform: z.string(),
});
/** Changes when passes take other times than before on the same machine: the costs of older builds are measured again. */
export const VERSION = 2;

const costFile = z.object({
  version: z.literal(VERSION),
  machine,
  targets: z.record(z.string(), passTimes),
  drafts: z.record(z.string(), draftTimes),
});
export type CostFile = z.infer<typeof costFile>;

/** What a cost file says that holds on this machine; an empty one where it is damaged or of another machine. */
export function parseCosts(text: string | undefined, here: CostMachine): CostFile {
  const empty: CostFile = { version: VERSION, machine: here, targets: {}, drafts: {} };
  if (text === undefined) return empty;
  try {
    const read = costFile.safeParse(JSON.parse(text));
    return read.success && sameMachine(read.data.machine, here) ? read.data : empty;
  } catch {
    return empty;
  }
}

function sameMachine(a: CostMachine, b: CostMachine): boolean {
  return (
    a.cpu === b.cpu && a.cores === b.cores && a.onnxruntime === b.onnxruntime && a.platform === b.platform
  );
}

/** This machine, with the installed version of ONNX Runtime. */
function costMachine(onnxruntime: string): CostMachine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    onnxruntime,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** The cache in a folder for this machine and the ONNX Runtime that is in use. */
export async function openCostCache(
  folder: string,
  log: (line: string) => void,
  checked?: CheckedFiles,
): Promise<CostCache> {
  const ort = await loadOnnxRuntime(checked);
  return costCacheIn(folder, costMachine(ort.env.versions.node ?? ort.env.versions.common), log);
}

/** A graph's identity: another export of the same name has another size or time. */
export function graphKey(graph: string, threads: number): string {
  const sizes = weightFiles(graph).map(({ bytes, modified }) => `${bytes}@${Math.round(modified)}`);
  const name = path.basename(path.dirname(path.dirname(graph)));
  return [name, path.basename(graph), ...sizes, `${threads} threads`].join(' ');
}

/**
 * A cache in `costs.json` of a folder. It never fails: what cannot be read is measured, and what cannot be written is
 * measured again next time.
 */
export function costCacheIn(folder: string, here: CostMachine, log: (line: string) => void): CostCache {
  const file = path.join(folder, 'costs.json');
  const read = () => parseCosts(existsSync(file) ? readFileSync(file, 'utf8') : undefined, here);
  const change = async (edit: (costs: CostFile) => void) => {
    try {
      // Read again: another window may have written meanwhile.
      const costs = read();
      edit(costs);
      await writeWhole(file, JSON.stringify(costs));
    } catch (error) {
      log(`Measured times could not be kept in ${file} (${causeOf(error)}).`);
    }
  };
  const known = <T>(find: (costs: CostFile) => T | undefined): T | undefined => {
    try {
      return find(read());
    } catch (error) {
      log(`Measured times could not be read from ${file} (${causeOf(error)}).`);
      return undefined;
    }
  };
  const renew = (graph: string, threads: number, times: PassTimes) =>
    change((costs) => {
      costs.targets[graphKey(graph, threads)] = times;
    });
  return {
    renew,
    known: (graph, threads) => known(({ targets }) => targets[graphKey(graph, threads)]),
    async passTimes(graph, threads, measure) {
      const kept = known(({ targets }) => targets[graphKey(graph, threads)]);
      if (kept) return kept;
      const times = await measure();
      await renew(graph, threads, times);
      return times;
    },
    async draftTimes(graph, threads, measure) {
      const kept = known(({ drafts }) => drafts[graphKey(graph, threads)]);
      if (kept) return kept;
      const times = await measure();
      await change((costs) => {
        costs.drafts[graphKey(graph, threads)] = { ...times };
      });
      return times;
    },
  };
}
