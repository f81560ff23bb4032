import * as vscode from 'vscode';
import { causeOf } from '../../errors.ts';
import { benchmark, benchmarkPage, placesOf } from '../insights/benchmark.ts';
import { showPage } from '../insights/panel.ts';
import type { Services } from '../services.ts';
import { say } from '../words.ts';
import { loadedOrTell } from './loaded.ts';

/** «Benchmark This File»: every draft, none and the policy on the file at hand. */
export function registerBenchmarkFile(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.benchmarkFile', async () => {
    const document = vscode.window.activeTextEditor?.document;
    const problem = problemOf(services, document);
    if (!document || problem) {
      await vscode.window.showInformationMessage(`Slipstream: ${problem}`);
      return;
    }
    const setup = await loadedOrTell(services);
    if (!setup) return;
    const used = setup.policy ?? services.configuration.settings.policy;
    const fixed = setup.drafts.flatMap(({ id, loaded }) => (loaded ? [`fixed:${id}`] : []));
    const policies = [...new Set(['none', ...fixed, used])];
    const path = vscode.workspace.asRelativePath(document.uri);
    const file = { path, language: document.languageId, text: document.getText().replace(/\r\n?/g, '\n') };
    await measure(services, file, policies);
  });
}

function problemOf({ readable }: Services, document: vscode.TextDocument | undefined): string | undefined {
  if (!document) return say('open a file to benchmark it.');
  if (readable.excludes(document.uri))
    return say('this file is excluded (slipstream.exclude) and never read.');
  if (placesOf(document.getText()).length === 0) return say('this file is too short to measure anything on.');
  return undefined;
}

async function measure(
  { host, log }: Services,
  file: { path: string; language: string; text: string },
  policies: readonly string[],
): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: say('Slipstream measures {0}', file.path),
    cancellable: true,
  };
  try {
    const result = await vscode.window.withProgress(options, (bar, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return benchmark(file, policies, {
        run: (job, signal) => host.worker.run(job, signal, () => {}),
        progress: (done, of) => bar.report({ increment: 100 / of, message: `${done}/${of}` }),
        signal: abort.signal,
      });
    });
    if (!result) {
      vscode.window.setStatusBarMessage(say('Slipstream: the benchmark was cancelled.'), 4000);
      return;
    }
    const { language } = vscode.env;
    const title = say('Slipstream: Benchmark');
    showPage('benchmark', title, (nonce) => benchmarkPage(file.path, result, language, nonce), []);
  } catch (error) {
    const message = causeOf(error);
    log.warn(`The benchmark failed: ${message}`);
    await vscode.window.showErrorMessage(`Slipstream: ${say('the benchmark failed: {0}.', message)}`);
  }
}
