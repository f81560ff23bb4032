// This folder: what `slipstream doctor` looks at: the parts of the installation, the machine, the models; and how it prints.

import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MachineSpeed } from '../../engine/policy/costs.ts';
import type { Pipeline } from '../../inference/pipeline.ts';
import { machineOf } from '../../measure/machine.ts';
import type { CachePath, CausalModel } from '../../runtime/causalModel.ts';
import { loadOnnxRuntime } from '../../runtime/onnx.ts';
import { weightFiles } from '../../runtime/weights.ts';
import { adviceOf, physicalCoresOf, worthOf } from '../advice.ts';
import { cacheFolder } from '../cache.ts';
import { bundledModels } from '../options.ts';
import { version } from '../version.ts';
import { boundOf, workOf } from './bound.ts';
import { NATIVE_LIBRARY, type Part, partsOf, unwritable } from './installation.ts';

/** What is known whatever works and what does not. */
export interface Basics {
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: ReturnType<typeof machineOf> & {
    readonly physicalCores: number | undefined;
    /** Programs that wanted a core, on average of the last minute, before this one began. */
    readonly load: number;
  };
  readonly storage: string;
  readonly installation: readonly Part[];
  /** What is good to know. */
  readonly remarks: readonly string[];
}

/** Look at the machine and the installation. @param load as in {@link Basics}. @param model folder of the target; empty for the bundled one. */
export async function basicsOf(load: number, model: string): Promise<Basics> {
  const storage = cacheFolder();
  const places = { programs: __dirname, models: bundledModels(), model };
  const installation = await partsOf(places);
  const onnxruntime = libraryTrouble({ installation }) ? undefined : await runtimeVersion();
  return {
    versions: { slipstream: version, node: process.versions.node, ...(onnxruntime ? { onnxruntime } : {}) },
    machine: { ...machineOf(), physicalCores: physicalCores(), load },
    storage,
    installation,
    remarks: await unwritable(storage),
  };
}

/** Why the native library must not be loaded into this process; undefined where it may be. */
export function libraryTrouble({ installation }: Pick<Basics, 'installation'>): string | undefined {
  return installation.find(({ name }) => name === NATIVE_LIBRARY)?.problems[0];
}

async function runtimeVersion(): Promise<string> {
  const { versions } = (await loadOnnxRuntime()).env;
  return versions.node ?? versions.common;
}

/** What was measured once the models were loaded; memory before the machine's speed, which needs some itself. */
export interface Measured {
  readonly memory: NodeJS.MemoryUsage;
  readonly speed: MachineSpeed;
}

/** What loading the models has shown. */
export type Loaded = ReturnType<typeof loadedOf>;

export function loadedOf(
  pipeline: Pipeline,
  threads: number,
  { machine }: Basics,
  { memory, speed }: Measured,
) {
  const { folder, target, selfTest, costs, index, loaded } = pipeline;
  const weights = weightFiles(folder.graph).reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    model: {
      name: loaded.name,
      because: loaded.because,
      folder: folder.path,
      graph: path.basename(folder.graph),
      contextLength: target.contextLength,
      contextBecause: target.limit.because,
      cachePath: target.cachePath,
      cache: cacheWords(target),
      tasks: pipeline.tasks,
    },
    executionProvider: loaded.provider,
    threads: { asked: threads, used: threads || machine.physicalCores || 'the physical cores' },
    drafts: loaded.drafts.map((facts) => ({ ...facts, millis: costs.drafts[facts.id] })),
    worth: worthOf(pipeline.drafts, costs),
    workspaceMemory: pipeline.memory !== undefined,
    policy: { tuned: loaded.tuned, requests: pipeline.policy?.trainedOn.requests },
    selfTest: { passed: selfTest.widthInvariant, rowMultiple: target.rowMultiple, widths: selfTest.widths },
    problems: loaded.problems,
    notices: loaded.notices,
    costs,
    bound: boundOf(costs.target, workOf(path.basename(folder.graph), weights), speed),
    millis: { load: loaded.millis },
    memory: {
      resident: memory.rss,
      weights,
      scripts: memory.heapUsed,
      buffers: memory.arrayBuffers,
      free: os.freemem(),
    },
    index: { bytes: index.bytes, tokens: index.capacity },
    advice: adviceOf({
      load: machine.load,
      cores: machine.cores,
      physicalCores: machine.physicalCores,
      threads,
      ram: { resident: memory.rss, free: os.freemem() },
      widthInvariant: selfTest.widthInvariant,
      graph: path.basename(folder.graph),
      weights,
      sharedBuffer: target.cachePath !== 'concatenated',
      costs,
    }),
  };
}

const CACHE_PATHS: Readonly<Record<CachePath, string>> = {
  written: 'one buffer, which the graph writes to',
  copied: 'one buffer, copied in every pass',
  concatenated: 'concatenated, copied in every pass',
};

/** How the target's keys and values are carried, as its trial has found. */
function cacheWords({ cachePath, form }: CausalModel): string {
  const halves = form.layers[0]?.type === 'float16' ? ', in 16 bits' : '';
  const states =
    form.states.length > 0 ? `, and ${form.states.length} states as they were at the ends of passes` : '';
  return CACHE_PATHS[cachePath] + halves + states;
}

function physicalCores(): number | undefined {
  return existsSync('/proc/cpuinfo') ? physicalCoresOf(readFileSync('/proc/cpuinfo', 'utf8')) : undefined;
}
