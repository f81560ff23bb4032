import * as vscode from 'vscode';
import type { CompletionWorker } from '../worker/worker.ts';
import { registerCommands } from './commands/index.ts';
import { nameOf } from './completion/outcome.ts';
import { registerCompletion } from './completion/register.ts';
import { Configuration } from './configuration.ts';
import { pathOf } from './documents.ts';
import { Exclusion } from './exclusion.ts';
import { Feedback } from './feedback.ts';
import { watchFiles } from './files.ts';
import { type NoticeAction, Notices } from './notices.ts';
import { PreviewDocuments } from './preview/previewDocuments.ts';
import { registerPreviewLenses } from './preview/previewLenses.ts';
import type { Services } from './services.ts';
import { languageIsOn } from './settings.ts';
import { type Status, statusOf } from './views/status.ts';
import { StatusBar } from './views/statusBar.ts';
import { watchWorker } from './watchWorker.ts';
import { type Storage, setupParamsOf, WorkerHost } from './workerHost.ts';
import { watchWorkspace } from './workspaceIndex.ts';

/** What the extension offers to tests in a real editor. */
export interface SlipstreamApi {
  readonly worker: CompletionWorker;
  /** The name of the last request's end, `shown:new` say. */
  lastOutcome(): string;
}

/** The model is loaded this long after start-up, or with the first suggestion if that is sooner. */
const warmUpAfter = 1_500;

/**
 * Join the parts of the editor side.
 * @param storage folders in which the worker may keep what it has measured and learnt
 * @param memory of this workspace
 */
export function activateEditor(
  subscriptions: vscode.Disposable[],
  worker: CompletionWorker,
  log: vscode.LogOutputChannel,
  storage: Storage,
  memory: vscode.Memento,
): SlipstreamApi {
  const notices = new Notices((message, action) => void tell(message, action, log));
  const configuration = new Configuration(({ name, message }) => {
    log.warn(message);
    notices.tell(`setting:${name}:${message}`, message, 'settings');
  });
  let exclusion = new Exclusion(configuration.settings.exclude);
  const host = new WorkerHost(worker, setupParamsOf(configuration.settings, storage));
  let lastOutcome = 'none';
  let busy = false;

  const completion = registerCompletion({
    host,
    settings: () => configuration.settings,
    exclusion: () => exclusion,
    report: (outcome, context, millis) => {
      const name = nameOf(outcome);
      const where = context ? ` in ${context.language},` : '';
      // A failure comes back with each keystroke; its message is worth one line.
      const why = outcome.type === 'failed' && name !== lastOutcome ? `: ${outcome.message}` : '';
      lastOutcome = name;
      log.info(`suggestion ${lastOutcome}${where} ${millis} ms${why}`);
    },
  });
  const status = () => statusNow(configuration, exclusion, worker, busy);
  const statusBar = new StatusBar(status);
  const services: Services = {
    log,
    configuration,
    host,
    completer: completion.completer,
    feedback: new Feedback(memory, (params) => worker.feedback(params)),
    notices,
    previews: new PreviewDocuments(),
    exclusion: () => exclusion,
    status,
    lastOutcome: () => lastOutcome,
  };

  subscriptions.push(
    configuration,
    completion,
    statusBar,
    services.previews,
    registerPreviewLenses(),
    ...registerCommands(services),
    configuration.onDidChange((settings) => {
      exclusion = new Exclusion(settings.exclude);
      if (host.configure(setupParamsOf(settings, storage))) completion.completer.reset();
      statusBar.refresh();
    }),
    watchFiles(services),
    watchWorkspace(services),
    watchWorker(services, () => statusBar.refresh()),
    completion.completer.onDidChangeBusy((value) => {
      busy = value;
      statusBar.refresh();
    }),
    vscode.window.onDidChangeActiveTextEditor(() => statusBar.refresh()),
    vscode.workspace.onDidOpenTextDocument(() => statusBar.refresh()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('editor.inlineSuggest.enabled')) statusBar.refresh();
    }),
    warmUp(() => configuration.settings.enable && host.start()),
  );
  return { worker, lastOutcome: () => lastOutcome };
}

function statusNow(
  { settings }: Configuration,
  exclusion: Exclusion,
  worker: CompletionWorker,
  busy: boolean,
): Status {
  const document = vscode.window.activeTextEditor?.document;
  const editor = vscode.workspace.getConfiguration('editor', document);
  return statusOf({
    enabled: settings.enable,
    inlineSuggest: editor.get<boolean>('inlineSuggest.enabled') ?? true,
    language: document?.languageId,
    languageOn: document === undefined || languageIsOn(settings.languages, document.languageId),
    excluded: document !== undefined && exclusion.excludes(pathOf(document.uri)),
    worker: worker.state,
    busy,
    policy: settings.policy,
  });
}

async function tell(message: string, action: NoticeAction, log: vscode.LogOutputChannel): Promise<void> {
  const button = action === 'log' ? 'Show Log' : 'Open Settings';
  const choice = await vscode.window.showWarningMessage(`Slipstream: ${message}`, button);
  if (choice === undefined) return;
  if (action === 'log') log.show();
  else await vscode.commands.executeCommand('slipstream.openSettings');
}

function warmUp(start: () => void): vscode.Disposable {
  const timer = setTimeout(start, warmUpAfter);
  return { dispose: () => clearTimeout(timer) };
}
