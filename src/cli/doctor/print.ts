import type { PassTimes } from '../../engine/policy/costs.ts';
import { megabytes } from '../advice.ts';
import type { Bound } from './bound.ts';
import type { Basics, Loaded } from './report.ts';

type Row = readonly [name: string, value: string];

const LEAST_WIDTH = 16;

/** Print rows, their names in a column of their own. */
export function printRows(rows: readonly Row[]): void {
  const width = Math.max(LEAST_WIDTH, ...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}

/** What is known before any model is loaded. */
export function basicRows({ versions, machine, storage, installation, remarks }: Basics): Row[] {
  const physical = machine.physicalCores === undefined ? '' : ` (${machine.physicalCores} physical)`;
  const broken = installation.filter(({ problems }) => problems.length > 0);
  return [
    [
      'versions',
      Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
    [
      'machine',
      `${machine.cpu}, ${machine.cores} cores${physical}, ${machine.memoryGiB} GiB, ${machine.platform}, ` +
        `load ${machine.load.toFixed(1)}`,
    ],
    ['storage', storage],
    ...remarks.map((remark): Row => ['notice', remark]),
    ...broken.flatMap(({ name, problems }) =>
      problems.map((problem): Row => ['broken', `${name}: ${problem}`]),
    ),
    ...(broken.length === 0 ? [['installation', 'complete and undamaged'] as const] : []),
  ];
}

/** What loading the models has shown. */
export function loadedRows(report: Loaded): Row[] {
  const { model, memory, threads } = report;
  return [
    [
      'model',
      `${model.name}: ${model.because} (${model.graph}, context ${model.contextLength}${model.contextBecause ? `: ${model.contextBecause}` : ''}; cache: ${model.cache})`,
    ],
    ['folder', model.folder],
    ['runs on', `${report.executionProvider}, threads: ${threads.used}`],
    ...passRows(report.costs.target, report.bound),
    ...report.drafts.map(
      ({ id, languages, description }): Row => [
        `draft ${id}`,
        description + (languages.length > 0 ? ` [${languages.join(', ')}]` : ''),
      ],
    ),
    ...report.worth.map(
      ({ id, pays, because }): Row => [pays ? 'pays' : 'does not pay', `${id}: ${because}`],
    ),
    [
      'memory',
      `${megabytes(memory.resident)}: weights of the target ${megabytes(memory.weights)}, ` +
        `buffers ${megabytes(memory.buffers)} (what the index reserves included), scripts ${megabytes(memory.scripts)}, the rest the runtime and drafts`,
    ],
    ['index', `at most ${megabytes(report.index.bytes)} for ${report.index.tokens} tokens`],
    ['workspace memory', report.workspaceMemory ? ON : OFF],
    ['policy', policyWords(report.policy)],
    ['loaded in', `${Math.round(report.millis.load)} ms, measuring included`],
    ['self-test', verdict(report.selfTest)],
    ...report.problems.map((problem): Row => ['problem', problem]),
    ...report.notices.map((notice): Row => ['notice', notice]),
    ...report.advice.map((advice): Row => ['would help', advice]),
  ];
}

const ON = 'on: the file and the workspace weigh in on every token';
const OFF = 'off: the text is that of the model alone (--memory on turns it on)';

function policyWords({ tuned, requests }: Loaded['policy']): string {
  if (requests === undefined) return 'the rule, since no trained one can be used';
  return tuned ? `tuned for this model on ${requests} requests (slipstream models tune)` : 'the bundled one';
}

function verdict({ passed, rowMultiple, widths }: Loaded['selfTest']): string {
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

/**
 * What passes of the target take, a row for each length of the context, and behind how many times the bound that is: the least
 * that weights and products allow on this machine.
 */
function passRows({ widths, contexts, millis }: PassTimes, bound: Bound): Row[] {
  const row = (values: readonly (number | string)[]) =>
    values.map((value) => String(value).padStart(7)).join('');
  const times = (values: readonly number[], digits: number) =>
    row(values.map((each) => each.toFixed(digits)));
  return [
    ['pass, tokens', row(widths)],
    ...contexts.map((context, i): Row => [`ms after ${context}`, times(millis[i]!, 2)]),
    ['bound, ms', times(bound.millis, 2)],
    ...contexts.map((context, i): Row => [`times it at ${context}`, times(bound.over[i]!, 1)]),
    [
      'bound of',
      `${bound.megabytes.toFixed(0)} MB of weights over ${bound.readGBps.toFixed(0)} GB/s, and ${bound.megaProducts.toFixed(0)} million ` +
        `products a row over ${bound.gigaProducts.toFixed(0)} thousand million a second, both measured now`,
    ],
  ];
}
