import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { root } from '../toy/bundled.ts';

/** A load that takes longer hangs, on the slowest of machines. */
const PATIENCE = 120_000;

/** How many of so many damaged graphs ended how. */
export interface GraphEnds {
  readonly cases: number;
  /** The damage was to numbers that the model computes with. */
  ran: number;
  /** Refused in a sentence. */
  refused: number;
  /** The native library ended its process, as a worker is ended: by which signals or statuses, and which cases. */
  readonly ended: Record<string, number[]>;
  /** Neither answered nor ended. */
  readonly hung: number[];
  /** Failed without a sentence. */
  readonly unforeseen: string[];
}

/**
 * Damage a small model's graph and give it to the native library, in a process of its own, which is started again when a graph
 * ends it. Bytes are changed where the graph is described more often than among its weights.
 * @param seed of the same damages
 */
export async function tryGraphs(cases: number, seed: number): Promise<GraphEnds> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipstream-graphs-'));
  const model = path.join(folder, 'onnx/model_q8.onnx');
  cpSync(path.join(root, 'test/fixtures/models/gqa'), folder, { recursive: true });
  const whole = readFileSync(model);
  const ends: GraphEnds = { cases, ran: 0, refused: 0, ended: {}, hung: [], unforeseen: [] };
  let child: ChildProcess | undefined;
  try {
    for (const [i, bytes] of fc.sample(damagedGraph(whole), { numRuns: cases, seed }).entries()) {
      writeFileSync(model, bytes);
      child ??= fork(path.join(root, 'test/fuzz/graphProgram.ts'), [], {
        ...{ execArgv: ['--import', 'tsx'], cwd: root, stdio: 'ignore' },
      });
      const end = await endOf(child, folder);
      if (end.how === 'ran' || end.how === 'refused') ends[end.how]++;
      else if (end.how === 'unforeseen') ends.unforeseen.push(`case ${i}: ${end.why}`);
      else {
        if (end.how === 'hung') ends.hung.push(i);
        else ends.ended[end.why] = [...(ends.ended[end.why] ?? []), i];
        child.kill('SIGKILL');
        child = undefined;
      }
    }
  } finally {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
  return ends;
}

interface End {
  readonly how: 'ran' | 'refused' | 'unforeseen' | 'ended' | 'hung';
  readonly why: string;
}

function endOf(child: ChildProcess, folder: string): Promise<End> {
  return new Promise((resolve) => {
    const done = (end: End) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(end);
    };
    const timer = setTimeout(() => done({ how: 'hung', why: '' }), PATIENCE);
    child.once('message', ({ end, why = '' }: { end: 'ran' | 'refused' | 'unforeseen'; why?: string }) =>
      done({ how: end, why }),
    );
    child.once('exit', (code, signal) => done({ how: 'ended', why: signal ?? `exit status ${code}` }));
    child.once('error', (error) => done({ how: 'ended', why: error.message }));
    child.send(folder);
  });
}

/** Some bytes of a file changed, most of them in its first and last kilobytes; or the file cut short. */
function damagedGraph(whole: Buffer): fc.Arbitrary<Buffer> {
  const last = whole.length - 1;
  const place = fc.oneof(
    fc.nat(8_191),
    fc.nat(8_191).map((back) => last - back),
    fc.nat(last),
  );
  const change = fc.tuple(place, fc.nat(255));
  return fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(last), fc.nat(15))
    .map(([changes, length, cut]) => {
      const copy = Buffer.from(whole);
      for (const [at, byte] of changes) copy[at] = byte;
      return cut === 0 ? copy.subarray(0, length) : copy;
    });
}
