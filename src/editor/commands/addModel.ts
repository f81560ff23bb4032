import * as vscode from 'vscode';
import type { Added, AddProgress, AddRequest } from '../models/addProcess.ts';
import { argumentsOf, modelChoices, nameProblem } from '../models/choices.ts';
import type { Services } from '../services.ts';
import { networkSettings } from '../settings/configuration.ts';
import { networkEnvironment } from '../settings/network.ts';
import { say } from '../words.ts';
import { tellNotDone } from './notDone.ts';

/** Under this name the token of the hub lies in the editor's secret storage. */
const TOKEN = 'slipstream.hubToken';

/** «Add Model»: one that is known to suit, another of the hub, a file or a folder. Nothing is loaded before it was chosen. */
export function registerAddModel(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.addModel', async () => {
    const args = await askForModel();
    if (!args) return;
    let added = await add(services, args, await services.adding.secrets.get(TOKEN));
    if (added.type === 'failed' && added.reason === 'download-gated') {
      const token = await askForToken(added.message);
      if (token === undefined) return;
      await services.adding.secrets.store(TOKEN, token);
      added = await add(services, args, token);
    }
    await tell(services, added);
  });
}

async function askForModel(): Promise<readonly string[] | undefined> {
  const picked = await vscode.window.showQuickPick(modelChoices(), {
    title: say('Add a model'),
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  const { source } = picked;
  if (source.kind === 'hub') return argumentsOf(source.repository, source.file);
  const named = source.kind === 'name' ? await askForName() : await askForPlace(source.kind === 'folder');
  return named === undefined ? undefined : argumentsOf(named);
}

function askForName(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: say('The name of a model on the hub'),
    prompt: say('OWNER/NAME, or OWNER/NAME@REVISION'),
    validateInput: nameProblem,
    ignoreFocusOut: true,
  });
}

async function askForPlace(folder: boolean): Promise<string | undefined> {
  const [place] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: !folder,
      canSelectFolders: folder,
      openLabel: say('Add This Model'),
      ...(folder ? {} : { filters: { [say('Models')]: ['gguf', 'tar'] } }),
    })) ?? [];
  return place?.fsPath;
}

function askForToken(message: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: say('A token of the hub'),
    prompt: `${message} ${say('It is kept in the secret storage of the editor.')}`,
    password: true,
    ignoreFocusOut: true,
  });
}

function add({ adding, log }: Services, args: readonly string[], token: string | undefined): Promise<Added> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: say('Slipstream adds {0}', args[0] ?? ''),
    cancellable: true,
  };
  log.info(`A model is added: ${args.join(' ')}.`);
  return Promise.resolve(
    vscode.window.withProgress(options, (bar, cancelling) => {
      const abort = new AbortController();
      cancelling.onCancellationRequested(() => abort.abort());
      const request: AddRequest = {
        program: adding.program,
        args,
        env: networkEnvironment(networkSettings(), token, process.env),
        signal: abort.signal,
        onProgress: steps((increment, message) => bar.report({ increment, message })),
      };
      return adding.run(request);
    }),
  );
}

/** Reports that add up: each part of the work goes once from nothing to all. */
function steps(report: (increment: number, message: string) => void): (progress: AddProgress) => void {
  let before = { part: '', percent: 0 };
  return ({ part, percent, total }) => {
    const from = part === before.part ? before.percent : 0;
    before = { part, percent };
    const words = { loading: say('loading'), converting: say('converting'), copying: say('copying') };
    const megabytes = Math.ceil(total / 1e6);
    report(Math.max(0, percent - from), say('{0}: {1} % of {2} MB', words[part], percent, megabytes));
  };
}

async function tell({ log, configuration }: Services, added: Added): Promise<void> {
  if (added.type !== 'added') {
    await tellNotDone(added, log, 'Adding the model', (message) =>
      say('the model was not added: {0}', message),
    );
    return;
  }
  const use = say('Use This Model');
  const megabytes = Math.ceil(added.bytes / 1e6);
  const text = `Slipstream: ${say('{0} is there ({1} MB). It writes once you say so.', added.name, megabytes)}`;
  if ((await vscode.window.showInformationMessage(text, use)) === use) {
    await configuration.update('model', added.name);
  }
}
