import { existsSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import * as z from 'zod';
import type { PassTimes } from '../../engine/policy/costs.ts';
import { machineOf } from '../../measure/machine.ts';
import { loadOnnxRuntime } from '../../runtime/onnx.ts';
import { type Assistant, loadAssistant, type MemoryMode } from '../../service/assistant.ts';
import { adviceOf, megabytes, physicalCoresOf, worthOf } from '../advice.ts';
import { cacheFolder, freshCosts } from '../cache.ts';
import { bundledModels, memoryOption, modelOption, wholeNumber } from '../options.ts';

interface Options {
  model: string;
  threads: number;
  memory: MemoryMode;
  json?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is there, whether it works, what it costs on this machine and what would help')
    .addOption(modelOption())
    .option('--threads <n>', 'threads of the target; 0 takes the physical cores', wholeNumber(0), 0)
    .addOption(memoryOption())
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const load = os.loadavg()[0] ?? 0;
  const costCache = await freshCosts();
  const assistant = await loadAssistant({ ...options, bundled: bundledModels(), pool: [], costCache });
  const report = await reportOf(assistant, options.threads, load);
  if (options.json) console.log(JSON.stringify(report));
  else print(report);
  if (!report.selfTest.passed) process.exitCode = 1;
}

type Report = Awaited<ReturnType<typeof reportOf>>;

async function reportOf(assistant: Assistant, threads: number, load: number) {
  const { folder, target, selfTest, costs, index } = assistant;
  const { versions } = (await loadOnnxRuntime()).env;
  const machine = { ...machineOf(), physicalCores: physicalCores(), load };
  const memory = process.memoryUsage();
  const weights = weightsOf(folder.graph);
  return {
    versions: {
      slipstream: ownVersion(),
      node: process.versions.node,
      onnxruntime: versions.node ?? versions.common,
    },
    machine,
    model: {
      name: folder.name,
      folder: folder.path,
      graph: path.basename(folder.graph),
      contextLength: target.contextLength,
      cache: target.sharedBuffer ? 'one buffer' : 'concatenated',
      tasks: assistant.tasks,
    },
    executionProvider: 'cpu',
    threads: { asked: threads, used: threads || machine.physicalCores || 'the physical cores' },
    drafts: assistant.facts,
    worth: worthOf(assistant.drafts, costs),
    storage: cacheFolder(),
    workspaceMemory: assistant.memory !== undefined,
    selfTest: { passed: selfTest.widthInvariant, rowMultiple: target.rowMultiple, widths: selfTest.widths },
    problems: assistant.problems,
    notices: assistant.notices,
    costs,
    millis: { load: assistant.loadMillis },
    memory: {
      resident: memory.rss,
      weights,
      scripts: memory.heapUsed,
      buffers: memory.arrayBuffers,
      free: os.freemem(),
    },
    index: { bytes: index.bytes, tokens: index.capacity },
    advice: adviceOf({
      load,
      cores: machine.cores,
      physicalCores: machine.physicalCores,
      threads,
      memory: { resident: memory.rss, free: os.freemem() },
      widthInvariant: selfTest.widthInvariant,
      graph: path.basename(folder.graph),
      weights,
      sharedBuffer: target.sharedBuffer,
      costs,
    }),
  };
}

function print(report: Report): void {
  const { machine, model, memory, threads } = report;
  const physical = machine.physicalCores === undefined ? '' : ` (${machine.physicalCores} physical)`;
  const versions = Object.entries(report.versions).map((pair) => pair.join(' '));
  const rows: [string, string][] = [
    ['versions', versions.join(', ')],
    [
      'machine',
      `${machine.cpu}, ${machine.cores} cores${physical}, ${machine.memoryGiB} GiB, ${machine.platform}, ` +
        `load ${machine.load.toFixed(1)}`,
    ],
    ['model', `${model.name} (${model.graph}, context ${model.contextLength}, cache: ${model.cache})`],
    ['folder', model.folder],
    ['runs on', `${report.executionProvider}, threads: ${threads.used}`],
    ...passRows(report.costs.target),
    ...report.drafts.map(({ id, languages, description }): [string, string] => [
      `draft ${id}`,
      description + (languages.length > 0 ? ` [${languages.join(', ')}]` : ''),
    ]),
    ...report.worth.map(({ id, pays, because }): [string, string] => [
      pays ? 'pays' : 'does not pay',
      `${id}: ${because}`,
    ]),
    [
      'memory',
      `${megabytes(memory.resident)}: weights of the target ${megabytes(memory.weights)}, ` +
        `buffers ${megabytes(memory.buffers)} (what the index reserves included), scripts ${megabytes(memory.scripts)}, the rest the runtime and drafts`,
    ],
    ['index', `at most ${megabytes(report.index.bytes)} for ${report.index.tokens} tokens`],
    ['workspace memory', report.workspaceMemory ? ON : OFF],
    ['storage', report.storage],
    ['loaded in', `${Math.round(report.millis.load)} ms, measuring included`],
    ['self-test', verdict(report.selfTest)],
    ...report.problems.map((problem): [string, string] => ['problem', problem]),
    ...report.notices.map((notice): [string, string] => ['notice', notice]),
    ...report.advice.map((advice): [string, string] => ['would help', advice]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}

const ON = 'on: the file and the workspace weigh in on every token';
const OFF = 'off: the text is that of the model alone (--memory on turns it on)';

function verdict({ passed, rowMultiple, widths }: Report['selfTest']): string {
  const agreeing = widths.filter(({ differing }) => differing === 0).map(({ width }) => width);
  if (passed) {
    return (
      `passed: passes of all widths tried (${agreeing.join(', ')}) agree bit for bit when padded to multiples of ` +
      `${rowMultiple} rows, so drafts cannot change the text`
    );
  }
  const which = agreeing.length > 0 ? `only those of ${agreeing.join(', ')} tokens agree` : 'none agree';
  return `failed: passes of different widths disagree (${which}); drafts are off for this model`;
}

/** What passes of the target take, a row for each length of the context. */
function passRows({ widths, contexts, millis }: PassTimes): [string, string][] {
  const cell = (value: number | string) => String(value).padStart(7);
  return [
    ['pass, tokens', widths.map(cell).join('')],
    ...contexts.map((context, i): [string, string] => [
      `ms after ${context}`,
      millis[i]!.map((value) => cell(value.toFixed(2))).join(''),
    ]),
  ];
}

/** Bytes of a graph with the weights that lie beside it. */
function weightsOf(graph: string): number {
  const files = [graph, `${graph}.data`, `${graph}_data`].filter((file) => existsSync(file));
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

function physicalCores(): number | undefined {
  return existsSync('/proc/cpuinfo') ? physicalCoresOf(readFileSync('/proc/cpuinfo', 'utf8')) : undefined;
}

function ownVersion(): string {
  const file = path.join(__dirname, '..', 'package.json');
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
