import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { machineOf } from '../../measure/machine.ts';
import { type DraftFacts, loadAssistant } from '../../service/assistant.ts';
import { bundledModels } from '../options.ts';

interface Options {
  model: string;
  json?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is there and whether it works')
    .option('--model <dir>', 'folder of the target model; the bundled one without it', '')
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
    millis: { load: assistant.loadMillis, pass: assistant.passMillis },
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
  millis: { load: number; pass: number };
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
    ['target pass', `${report.millis.pass.toFixed(2)} ms`],
    ...report.drafts.map((draft): [string, string] => [`draft ${draft.id}`, describe(draft)]),
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

function describe({ description, languages, tokenMillis }: DraftFacts): string {
  const made = languages.length > 0 ? ` [${languages.join(', ')}]` : '';
  return `${description}${made}${tokenMillis > 0 ? `, ${tokenMillis.toFixed(2)} ms a token` : ', no cost'}`;
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
