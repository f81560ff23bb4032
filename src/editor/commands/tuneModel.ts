import * as vscode from 'vscode';
import { type Tuned, type TuneProgress, type TuneRequest, tuneArguments } from '../models/tuneProcess.ts';
import type { Services } from '../services.ts';
import { say } from '../words.ts';
import { loadedOrTell } from './loaded.ts';
import { tellNotDone } from './notDone.ts';

/** «Tune for This Model»: costs and a policy of the model's own, from the files of the workspace; nothing leaves the machine. */
export function registerTuneModel(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.tuneModel', async () => {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const problem = problemOf(services, folders);
    if (problem) {
      await vscode.window.showInformationMessage(`Slipstream: ${problem}`);
      return;
    }
    const setup = await loadedOrTell(services);
    if (!setup) return;
    const { settings } = services.configuration;
    const args = tuneArguments({
      // What `auto` came to, since a measurement of now might come to another.
      model: settings.model === 'auto' ? setup.model : settings.model,
      folders: folders.map(({ uri }) => uri.fsPath),
      excluded: folders.map(({ uri }) => services.configuration.settingsFor(uri).exclude),
      pool: settings['drafts.pool'],
      threads: settings.threads,
      provider: settings.executionProvider,
      memory: settings.workspaceMemory,
      storage: services.adding.storage,
    });
    await tell(services, await tune(services, args, setup.model));
  });
}

function problemOf(
  { configuration }: Services,
  folders: readonly vscode.WorkspaceFolder[],
): string | undefined {
  if (folders.length === 0) return say('open a folder to tune on: its files show what you write.');
  if (!vscode.workspace.isTrusted)
    return say('files of a workspace that is not trusted are not learnt from.');
  if (configuration.settings.policyFile !== '')
    return say(
      'a policy is named in slipstream.policyFile. Empty it first, or a tuned one would not be used.',
    );
  return undefined;
}

function tune({ adding, log }: Services, args: readonly string[], model: string): Promise<Tuned> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: say('Slipstream tunes {0}, for about ten minutes', model),
    cancellable: true,
  };
  log.info(`The model is tuned: ${args[0]}.`);
  return Promise.resolve(
    vscode.window.withProgress(options, (bar, cancelling) => {
      const abort = new AbortController();
      cancelling.onCancellationRequested(() => abort.abort());
      const request: TuneRequest = {
        ...{ program: adding.program, args, env: process.env, signal: abort.signal },
        onProgress: steps((increment, message) => bar.report({ increment, message })),
      };
      return adding.tune(request);
    }),
  );
}

/** Where each part of the work begins and ends, in hundredths of all. */
const SPANS = { measuring: [0, 3], recording: [3, 62], training: [62, 98], comparing: [98, 100] } as const;

/** Reports that add up. */
function steps(report: (increment: number, message: string) => void): (progress: TuneProgress) => void {
  let before = 0;
  return ({ part, percent }) => {
    const [from, to] = SPANS[part];
    const now = Math.max(before, from + ((to - from) * percent) / 100);
    const words = {
      measuring: say('measuring'),
      recording: say('recording guesses'),
      training: say('training'),
      comparing: say('comparing'),
    };
    report(now - before, words[part]);
    before = now;
  };
}

async function tell({ log, host, completer }: Services, tuned: Tuned): Promise<void> {
  if (tuned.type !== 'tuned') {
    await tellNotDone(tuned, log, 'Tuning the model', (message) =>
      say('the model was not tuned: {0}', message),
    );
    return;
  }
  const { name, better } = tuned;
  const [before, after] = [tuned.before.toFixed(2), tuned.after.toFixed(2)];
  log.info(`Tuned ${name}: ${after} times as fast as without drafts in replay, ${before} before.`);
  // What was measured counts in either case.
  completer.reset();
  void host.restart();
  const text = better
    ? say(
        '{0} has a policy of its own: {1} times as fast as without drafts, {2} before.',
        name,
        after,
        before,
      )
    : say(
        '{0} keeps its policy: {1} times as fast as without drafts, {2} after tuning.',
        name,
        before,
        after,
      );
  await vscode.window.showInformationMessage(`Slipstream: ${text}`);
}
