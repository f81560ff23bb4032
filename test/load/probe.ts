import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { SlipstreamApi } from '../../src/editor/activate.ts';

/** A second extension beside the one under test: it tells from inside of the extension host what no screen shows. */

/** A line of the file that `SLIPSTREAM_PROBE` names. */
export type ProbeLine =
  /** How a request for a suggestion ended (`shown:new`, `failed:…`). */
  | { readonly kind: 'outcome'; readonly name: string; readonly millis: number }
  /** A state that the worker went into. */
  | { readonly kind: 'worker'; readonly state: string }
  /** A promise that nobody waited for, or an error that nobody caught. */
  | { readonly kind: 'rejection'; readonly stack: string };

export async function activate(): Promise<void> {
  const file = process.env.SLIPSTREAM_PROBE;
  const found = vscode.extensions.all.find(({ id }) => id.endsWith('.slipstream'));
  if (file === undefined || !found) return;
  const tell = (line: ProbeLine) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  // Others in this process have faults of their own.
  const reject = (reason: unknown) => {
    const stack = String(reason instanceof Error ? reason.stack : reason);
    if (stack.includes(found.extensionPath)) tell({ kind: 'rejection', stack });
  };
  process.on('unhandledRejection', reject);
  process.on('uncaughtExceptionMonitor', reject);
  const { worker, onOutcome } = (await found.activate()) as SlipstreamApi;
  onOutcome((name, millis) => tell({ kind: 'outcome', name, millis }));
  tell({ kind: 'worker', state: worker.state.kind });
  worker.onDidChangeState(({ kind }) => tell({ kind: 'worker', state: kind }));
}
