import type { PeerSummary } from '../peers/report.ts';
import { type BenchResult, overOneRow, percent, result, table, two } from './format.ts';
import type { Group } from './quality.ts';
import type { Keystrokes } from './times.ts';

/** What ships, a line for each thing that is measured. Every figure is of the committed results. */
export function leaderboard(): string {
  const engine = result<BenchResult>('engine');
  const drafted = (name: string) => {
    const run = result<BenchResult>(name);
    const { identical, of } = run.arms.policy!;
    return [`${overOneRow(run, 'policy')} times`, `${identical} of ${of} texts the same`];
  };
  const { arms } = result<{ readonly arms: Readonly<Record<string, PeerSummary>> }>('peers');
  const asked = result<Keystrokes>('keystroke').patient.shownByTheModel;
  const { cancel } = result<{ readonly cancel: { readonly p50: number; readonly p95: number } }>('cancel');
  const lines = result<Record<string, Group>>('quality')['all but edits']!;
  const over = (arm: string) => `${two(arms[arm]!.over.policy!.geomean)} times`;
  return table([
    ['what', 'figure', 'beside it', 'page'],
    ['decoding with drafts, over plain decoding', ...drafted('engine'), '[engine](engine.md)'],
    ['the same, one file without a workspace', ...drafted('engine-own-file'), '[engine](engine.md)'],
    ['edits, written as a person did', ...drafted('edit'), '[engine](engine.md)'],
    [
      'tokens a second, with drafts',
      engine.arms.policy!.tokensPerSecond.toFixed(0),
      `${engine.arms['none-1row']!.tokensPerSecond.toFixed(0)} without`,
      '[engine](engine.md)',
    ],
    [
      'from a keystroke to a line, where the model is asked',
      `${asked.p50.toFixed(0)} ms`,
      `${asked.p95.toFixed(0)} ms at the 95th percentile`,
      '[latency](latency.md)',
    ],
    [
      'until a newer completion has ended the running one',
      `${cancel.p50.toFixed(0)} ms`,
      `${cancel.p95.toFixed(0)} ms at the 95th percentile`,
      '[latency](latency.md)',
    ],
    [
      'time of a token of llama.cpp, over that with drafts',
      over('llama.cpp'),
      'same weights, same text',
      '[peers](peers.md)',
    ],
    [
      'time of a token of transformers.js, over that with drafts',
      over('transformers.js'),
      'same weights, same text',
      '[peers](peers.md)',
    ],
    [
      'rest of the line as its author wrote it',
      `${percent(lines.workspace.line[0])} %`,
      `${percent(lines.off.line[0])} % without the workspace memory`,
      '[quality](quality.md)',
    ],
  ]);
}
