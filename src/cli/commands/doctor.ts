import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import * as z from 'zod';
import type { CostTable, PassTimes } from '../../engine/policy/costs.ts';
import { machineOf } from '../../measure/machine.ts';
import { type DraftFacts, loadAssistant } from '../../service/assistant.ts';
import { bundledModels, modelOption } from '../options.ts';

interface Options {
  model: string;
  json?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is there and whether it works')
    .addOption(modelOption())
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const assistant = await loadAssistant({ ...options, bundled: bundledModels(), pool: [], threads: 0 });
  const { folder, target, selfTest } = assistant;
  const report = {
    versions: { slipstream: ownVersion(), node: process.versions.node, onnxruntime: runtimeVersion() },
    machine: machineOf(),
    model: {
      name: folder.name,
      folder: folder.path,
      graph: path.basename(folder.graph),
      contextLength: target.contextLength,
      cache: target.sharedBuffer ? 'one buffer' : 'concatenated',
      tasks: assistant.tasks,
    },
    drafts: assistant.facts,
    storage: storageFolder(),
    selfTest: { passed: selfTest.widthInvariant, widths: selfTest.widths },
    notices: assistant.notices,
    costs: assistant.costs,
    millis: { load: assistant.loadMillis },
    memory: process.memoryUsage().rss,
  };
  if (options.json) console.log(JSON.stringify(report));
  else print(report);
  if (!selfTest.widthInvariant) process.exitCode = 1;
}

function print(report: {
  versions: Record<string, string>;
  machine: ReturnType<typeof machineOf>;
  model: { name: string; folder: string; graph: string; contextLength: number; cache: string };
  drafts: readonly DraftFacts[];
  storage: string;
  selfTest: { passed: boolean };
  notices: readonly string[];
  costs: CostTable;
  millis: { load: number };
  memory: number;
}): void {
  const { machine, model } = report;
  const rows: [string, string][] = [
    [
      'versions',
      Object.entries(report.versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
    ['machine', `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`],
    ['model', `${model.name} (${model.graph}, context ${model.contextLength}, cache: ${model.cache})`],
    ['folder', model.folder],
    ...passRows(report.costs.target),
    ...report.drafts.map((draft): [string, string] => [`draft ${draft.id}`, describe(draft, report.costs)]),
    ['storage', report.storage],
    ['loaded in', `${Math.round(report.millis.load)} ms, ${Math.round(report.memory / 1e6)} MB in memory`],
    [
      'self-test',
      report.selfTest.passed
        ? 'passed: passes of all widths agree bit for bit, so drafts cannot change the text'
        : 'failed: passes of different widths disagree; drafts are off for this model',
    ],
    ...report.notices.map((notice): [string, string] => ['notice', notice]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}

function describe({ id, description, languages }: DraftFacts, costs: CostTable): string {
  const made = languages.length > 0 ? ` [${languages.join(', ')}]` : '';
  const times = costs.drafts[id];
  return `${description}${made}${times ? `, ${times.token.toFixed(2)} ms a token` : ', no cost'}`;
}

/** What passes of the target take, a row for each length of the context. */
function passRows({ widths, contexts, millis }: PassTimes): [string, string][] {
  const cell = (value: number | string) => String(value).padStart(6);
  return [
    ['pass, tokens', widths.map(cell).join('')],
    ...contexts.map((context, i): [string, string] => [
      `ms after ${context}`,
      millis[i]!.map((value) => cell(value.toFixed(2))).join(''),
    ]),
  ];
}

/** Where downloaded models and other lasting files of this program go; nothing is written there yet. */
function storageFolder(): string {
  return path.join(process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local', 'share'), 'slipstream');
}

function ownVersion(): string {
  return manifestVersion(path.join(__dirname, '..', 'package.json'));
}

function runtimeVersion(): string {
  return manifestVersion(path.join(__dirname, '..', 'node_modules', 'onnxruntime-node', 'package.json'));
}

function manifestVersion(file: string): string {
  try {
    return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
  } catch {
    return 'unknown';
  }
}
