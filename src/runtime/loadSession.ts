import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { isOutOfMemory, messageOf, UserError } from '../errors.ts';
import { requireOwnWeights } from './contained.ts';
import { endMarker, tappedOutputs } from './graphFront.ts';
import { scanGraph } from './graphScan.ts';
import type { ModelFolder } from './modelFolder.ts';
import type { OrtModule } from './onnx.ts';
import type { Provider } from './providers.ts';
import { readWeights } from './weights.ts';

/**
 * Threads that wait for work spin this long, in microseconds: longer than what lies between two passes of a text, and no
 * longer, since a core that spins is a core that others lack. The runtime's own choice is some thirty milliseconds.
 */
const SETTINGS = { 'intra_op.spin_duration_us': '1000' };

export interface SessionOptions {
  /** Threads of a pass; 1 runs on the calling thread alone, 0 takes the physical cores. */
  readonly threads: number;
  /** What passes run on; the processor without it, and whatever the provider cannot do. */
  readonly provider?: Provider;
  /** Settings of the runtime's session by their names without `session.`, in place of the usual ones; for measuring. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A graph that is loaded. */
export interface LoadedGraph {
  readonly session: InferenceSession;
  /** Sliding windows that its attention keeps by itself. */
  readonly windows: ReadonlySet<number>;
}

/** Load a folder's graph. @throws UserError `model-broken`, `model-outside`, `model-unreadable`, `out-of-memory` or `provider-unusable`. */
export async function loadSession(
  ort: OrtModule,
  { path: folder, graph: file, graphPlaces, state }: ModelFolder,
  { threads, provider = 'cpu', settings = SETTINGS }: SessionOptions,
): Promise<LoadedGraph> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    // 0 leaves the number to the runtime, which takes the physical cores.
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Passes take as long without an arena, which would hold what the widest pass took, some thirty megabytes, for ever.
    enableCpuMemArena: false,
    // The trial of cache forms fails by design for some graphs; the runtime would print that as an error.
    logSeverityLevel: 4,
    // Weights that lie in files of their own are looked for beside the graph, also when it comes as bytes.
    extra: { session: { model_external_initializers_file_folder_path: path.dirname(file), ...settings } },
  };
  try {
    const front = Buffer.concat([endMarker(), tappedOutputs(state?.taps ?? [])]);
    const bytes = await readWeights(graphPlaces, front);
    const { weightFiles, windows } = scanGraph(bytes ?? file);
    for (const name of weightFiles) await requireOwnWeights(folder, file, name);
    const create = ort.InferenceSession.create;
    if (!bytes) return { session: await create(file, options), windows };
    const marked = await create(bytes, options).catch(() => undefined);
    return { session: marked ?? (await create(bytes.subarray(front.length), options)), windows };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (isOutOfMemory(error)) throw outOfMemory(file, error);
    // The file may be well; the processor will tell.
    if (provider !== 'cpu') throw new UserError('provider-unusable', reasonOf(error), { cause: error });
    throw new UserError(
      'model-broken',
      `${file} cannot be loaded (${reasonOf(error)}). It may be truncated: copy or download it again.`,
      { cause: error },
    );
  }
}

function outOfMemory(file: string, cause: unknown): UserError {
  return new UserError(
    'out-of-memory',
    `There is not enough memory to load ${file}. Close other programs, raise the limit of memory, or take a smaller model.`,
    { cause },
  );
}

/** What the runtime says, without the places in its own source that it says it from. */
export function reasonOf(error: unknown): string {
  const line = messageOf(error).split('\n', 1)[0]!;
  return line
    .replace(/^.*? failed:/, '')
    .replace(/^\S*onnxruntime_src.*\) /, '')
    .replace(/^.* was false\. /, '')
    .replace(/\.$/, '')
    .trim();
}
