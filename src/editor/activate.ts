// This folder: everything that knows VS Code; here, what joins its parts (`activate.ts`, `services.ts`).

import * as vscode from 'vscode';
import type { SetupParams } from '../worker/protocol.ts';
import type { CompletionWorker } from '../worker/worker.ts';
import { registerCommands } from './commands/index.ts';
import { registerCompletion } from './completion/register.ts';
import { Feedback } from './feedback.ts';
import { watchWorker } from './host/watchWorker.ts';
import { type Storage, setupParamsOf, WorkerHost } from './host/workerHost.ts';
import { type NoticeAction, Notices } from './notices.ts';
import { fileOf } from './openFiles/documents.ts';
import { watchFiles } from './openFiles/openFiles.ts';
import { Readable } from './openFiles/readable.ts';
import { OutcomeLog } from './outcomeLog.ts';
import { PreviewDocuments } from './preview/previewDocuments.ts';
import { registerPreviewLenses } from './preview/previewLenses.ts';
import { ServerKey } from './serverKey.ts';
import type { Adding, Services } from './services.ts';
import { Configuration, networkSettings } from './settings/configuration.ts';
import { networkVariables } from './settings/network.ts';
import { languageIsOn, type Settings } from './settings/settings.ts';
import { Snooze } from './snooze.ts';
import { Usage } from './usage/usage.ts';
import { FateWatch } from './usage/watchFate.ts';
import { type Status, type StatusInput, statusOf } from './views/status.ts';
import { StatusBar } from './views/statusBar.ts';
import { say, speakThrough } from './words.ts';
import { watchWorkspace } from './workspace/workspaceIndex.ts';

/** What the extension offers to tests in a real editor. */
export interface SlipstreamApi {
  readonly worker: CompletionWorker;
  /** The name of the last request's end, `shown:new` say. */
  lastOutcome(): string;
  /** Be told how each further request ends, by name, and how long it took. */
  onOutcome(listener: (name: string, millis: number) => void): void;
}

/** Variables with which servers are reached. */
const network = () => networkVariables(networkSettings());

/** The model is loaded this long after start-up, or with the first suggestion if that is sooner. */
const warmUpAfter = 1_500;

/**
 * Join the parts of the editor side.
 * @param storage folders in which the worker may keep what it has measured and learnt
 * @param memento what is kept for this workspace. @param secrets where keys are kept. @param adding how models are added and tuned
 */
export function activateEditor(
  subscriptions: vscode.Disposable[],
  worker: CompletionWorker,
  log: vscode.LogOutputChannel,
  storage: Storage,
  memento: vscode.Memento,
  secrets: vscode.SecretStorage,
  adding: Adding,
): SlipstreamApi {
  speakThrough((text, ...values) => vscode.l10n.t(text, ...values));
  const notices = new Notices((message, action) => void tell(message, action, log));
  const configuration = configurationOf(notices, log);
  const readable = new Readable(configuration);
  const serverKey = new ServerKey(secrets);
  const setupOf = (settings: Settings) =>
    setupParamsOf(settings, storage, (url) => serverKey.of(url), network);
  const host = new WorkerHost(worker, setupOf(configuration.settings));
  const outcomes = new OutcomeLog(log);
  const usage = new Usage(memento);
  const fate = new FateWatch(usage, (language, kept) =>
    worker.feedback({ verdict: kept ? 'good' : 'bad', language, drafts: {} }),
  );
  let busy = false;
  const snooze = new Snooze(() => statusBar.refresh());

  const completion = completionOf({ host, configuration, readable, snooze, usage, fate, outcomes });
  const status = () =>
    statusNow(configuration, readable, worker, {
      busy,
      snoozed: snooze.minutesLeft,
      answerMillis: outcomes.answerMillis,
    });
  const statusBar = new StatusBar(status);
  const services: Services = {
    log,
    configuration,
    serverKey,
    host,
    completer: completion.completer,
    feedback: new Feedback(memento, (params) => worker.feedback(params)),
    notices,
    previews: new PreviewDocuments(),
    readable,
    status,
    snooze,
    usage,
    fate,
    adding,
    lastOutcome: () => outcomes.last,
    lastMessage: () => outcomes.message,
  };

  subscriptions.push(
    ...[configuration, serverKey, readable, completion, statusBar, snooze, usage, fate, services.previews],
    registerPreviewLenses(),
    ...registerCommands(services),
    ...joined(services, setupOf, (value) => {
      busy = value ?? busy;
      statusBar.refresh();
    }),
  );
  return apiOf(worker, outcomes);
}

function apiOf(worker: CompletionWorker, outcomes: OutcomeLog): SlipstreamApi {
  return {
    worker,
    lastOutcome: () => outcomes.last,
    onOutcome: (listener) => {
      outcomes.listener = listener;
    },
  };
}

/** What follows from changes of settings, files and worker. @param refresh looks at the status again; told whether a job runs */
function joined(
  services: Services,
  setupOf: (settings: Settings) => SetupParams,
  refresh: (busy?: boolean) => void,
): vscode.Disposable[] {
  const { configuration, serverKey, host, completer, readable } = services;
  const setUpAnew = () => {
    if (host.configure(setupOf(configuration.settings))) completer.reset();
    refresh();
  };
  return [
    configuration.onDidChange(setUpAnew),
    serverKey.onDidChange(setUpAnew),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('http')) setUpAnew();
    }),
    // What was made of files that may not be read any more must not be offered again.
    readable.onDidChange(() => completer.reset()),
    watchFiles(services),
    watchWorkspace(services),
    watchWorker(services, () => refresh()),
    completer.onDidChangeBusy((value) => refresh(value)),
    ...watchEditor(() => refresh()),
    warmUp(() => configuration.settings.enable && host.start()),
  ];
}

/** Suggestions in the editor, with everything that is counted of them. */
function completionOf({
  host,
  configuration,
  readable,
  snooze,
  usage,
  fate,
  outcomes,
}: Pick<Services, 'host' | 'configuration' | 'readable' | 'snooze' | 'usage' | 'fate'> & {
  readonly outcomes: OutcomeLog;
}) {
  return registerCompletion({
    host,
    settings: (uri) => configuration.settingsFor(uri),
    excludes: (uri) => readable.excludes(uri),
    snoozed: () => snooze.minutesLeft > 0,
    jobEnded: (generation, result) => {
      const tokenMillis =
        host.worker.state.kind === 'ready' ? host.worker.state.setup.tokenMillis : undefined;
      usage.job(generation.context.language, generation.pieces, result, tokenMillis);
    },
    report: (outcome, context, millis) => {
      outcomes.report(outcome, context?.language, millis);
      if (outcome.type !== 'shown' || !context) return;
      usage.shown(outcome.source, millis);
      const others = outcome.others?.map(({ text }) => text) ?? [];
      fate.offered({ uri: context.uri, offset: context.offset, text: outcome.text, others });
    },
  });
}

function configurationOf(notices: Notices, log: vscode.LogOutputChannel): Configuration {
  return new Configuration(({ name, message }) => {
    log.warn(message);
    notices.tell(`setting:${name}:${message}`, message, 'settings');
  });
}

/** What else the status depends on. */
function watchEditor(refresh: () => void): vscode.Disposable[] {
  return [
    vscode.window.onDidChangeActiveTextEditor(refresh),
    vscode.workspace.onDidOpenTextDocument(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('editor.inlineSuggest.enabled')) refresh();
    }),
  ];
}

function statusNow(
  configuration: Configuration,
  readable: Readable,
  worker: CompletionWorker,
  now: Pick<StatusInput, 'busy' | 'snoozed' | 'answerMillis'>,
): Status {
  const document = vscode.window.activeTextEditor?.document;
  const settings = configuration.settingsFor(document && fileOf(document.uri));
  const editor = vscode.workspace.getConfiguration('editor', document);
  return statusOf({
    enabled: settings.enable,
    inlineSuggest: editor.get<boolean>('inlineSuggest.enabled') ?? true,
    language: document?.languageId,
    languageOn: document === undefined || languageIsOn(settings.languages, document.languageId),
    excluded: document !== undefined && readable.excludes(document.uri),
    worker: worker.state,
    policy: settings.policy,
    eagerness: settings.eagerness,
    ...now,
  });
}

async function tell(message: string, action: NoticeAction, log: vscode.LogOutputChannel): Promise<void> {
  const buttons = {
    log: [say('Show Log')],
    settings: [say('Open Settings')],
    'bundled-model': [say('Use the Bundled Model'), say('Show Log')],
  }[action];
  const choice = await vscode.window.showWarningMessage(`Slipstream: ${message}`, ...buttons);
  if (choice === undefined) return;
  if (choice === say('Show Log')) log.show();
  else if (action === 'settings') await vscode.commands.executeCommand('slipstream.openSettings');
  else await vscode.commands.executeCommand('slipstream.useBundledModel');
}

function warmUp(start: () => void): vscode.Disposable {
  const timer = setTimeout(start, warmUpAfter);
  return { dispose: () => clearTimeout(timer) };
}
