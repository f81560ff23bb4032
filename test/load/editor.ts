import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from '../editor/harness/server.ts';
import type { Workbench, WorkspaceFile } from '../editor/harness/workbench.ts';
import { root } from '../toy/bundled.ts';
import { Random } from '../toy/random.ts';
import { ACTIONS, comeBack, type Hands, nextAction } from './hands.ts';
import { type Probe, toldBy } from './probed.ts';
import { cpuSeconds, openFiles, processesBelow, residentMiB } from './processes.ts';
import { type Answer, type Look, rounded, summaryOf } from './record.ts';

/** Files to work in, of this project's own. */
export function filesToEdit(): WorkspaceFile[] {
  const names = [
    ...['src/engine/decoder.ts', 'src/worker/scheduler.ts', 'src/worker/watchdog.ts'],
    ...['training/smoke.py', 'training/export/onnx_int8.py'],
  ];
  return names.map((name) => ({
    name: path.basename(name),
    text: readFileSync(path.join(root, name), 'utf8'),
  }));
}

export interface EditorLoad {
  /** Has the probe among its extensions. */
  readonly server: Server;
  readonly probe: Probe;
  /** Has `filesToEdit()` in its workspace. */
  readonly workbench: Workbench;
  readonly minutes: number;
  readonly seed: number;
  /** Seconds between two actions on average, and between two looks. */
  readonly pauseSeconds: number;
  readonly lookSeconds: number;
  /** Called after each look with what there is so far. */
  readonly onLook?: (result: EditorLoadResult) => void;
}

type EditorLoadResult = Awaited<ReturnType<typeof loadEditor>>;

/**
 * Work in a real editor as a person does, as chance will have it: type, accept, go on typing, dismiss, cut off, change files,
 * edit, call commands. Meanwhile look what worker and extension host take. Each kind of action is done once at least, however
 * short the time. Survives being stopped for minutes.
 */
export async function loadEditor(options: EditorLoad) {
  const { server, probe, workbench, minutes, seed } = options;
  const chance = new Random(seed);
  const files = filesToEdit();
  const hands: Hands = { workbench, chance, files, folder: server.workspace, shown: files[0]! };
  const looks: Look[] = [];
  const answers: Answer[] = [];
  const came: Record<string, number> = {};
  const mishaps: string[] = [];
  const workers = new Set<number>();
  const began = performance.now();
  const spent = () => (performance.now() - began) / 60_000;
  const earlier = toldBy(probe).answers.length;
  let told = toldBy(probe);
  const cpuBefore = seconds();

  const result = () => ({
    ...{ seed, minutes: rounded(spent()), actions: came, mishaps, outcomes: told.outcomes },
    failed: Object.entries(told.outcomes).reduce((sum, [name, n]) => sum + (/^failed/.test(name) ? n : 0), 0),
    ...{ workerEnds: told.ends, workers: workers.size, rejections: told.rejections },
    cores: Math.round((seconds() - cpuBefore) / spent() / 0.6) / 100,
    ...summaryOf(looks, answers, spent()),
    looks,
  });
  const look = () => {
    const now = Math.round(spent() * 100) / 100;
    told = toldBy(probe);
    for (const millis of told.answers.slice(earlier + answers.length)) answers.push({ minutes: now, millis });
    const { worker, host } = processesOf(server.pid);
    workers.add(worker);
    looks.push({
      minutes: now,
      ...{ workerMiB: rounded(residentMiB(worker)), hostMiB: rounded(residentMiB(host)) },
      ...{ workerFiles: openFiles(worker), hostFiles: openFiles(host) },
    });
  };

  await comeBack(hands);
  let lookAt = 0;
  for (let done = 0; spent() < minutes || done < Object.keys(ACTIONS).length; done++) {
    const name = nextAction(done, chance);
    try {
      const end = await ACTIONS[name]!(hands);
      came[end] = (came[end] ?? 0) + 1;
    } catch (error) {
      // A wait that was stopped with this process ends late, which is no fault of the editor's.
      mishaps.push(`${rounded(spent())} min, ${name}: ${String(error).split('\n', 1)[0]}`);
      if (mishaps.length < 4) await workbench.keepEvidence(`load-${mishaps.length}`);
      await comeBack(hands).catch(() => undefined);
    }
    if (spent() * 60 >= lookAt) {
      lookAt = spent() * 60 + options.lookSeconds;
      look();
      options.onLook?.(result());
    }
    await pause(1000 * Math.min(5, -Math.log(1 - chance.next())) * options.pauseSeconds);
  }
  look();
  return result();
}

/** Of an editor's processes those that run the extension. @throws where one of them is not there */
function processesOf(server: number): { readonly worker: number; readonly host: number } {
  const all = processesBelow(server);
  const worker = all.find(({ command }) => command.includes(`dist${path.sep}worker.js`));
  const host = all.find(({ pid }) => pid === worker?.parent);
  if (!worker || !host)
    throw new Error(`the extension's worker is not among\n${all.map(({ command }) => command).join('\n')}`);
  return { worker: worker.pid, host: host.pid };
}

/** Seconds of computing of this process and of all that it has started: editor, extension and browser. */
function seconds(): number {
  return [process.pid, ...processesBelow(process.pid).map(({ pid }) => pid)].reduce(
    (sum, pid) => sum + cpuSeconds(pid),
    0,
  );
}

/** Settings that the load is made with. In one of its languages no list comes between the hands and a suggestion. */
export const LOAD_SETTINGS = {
  'files.autoSave': 'off',
  'slipstream.model': 'tiny',
  'slipstream.threads': 1,
  // What moves by itself costs time that others want.
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'workbench.reduceMotion': 'on',
  '[python]': { 'editor.quickSuggestions': { other: 'off' }, 'editor.suggestOnTriggerCharacters': false },
} as const;
