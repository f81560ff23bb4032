// This folder: entry point of the extension; `errors.ts`, what a failure tells the user.

import * as vscode from 'vscode';
import { activateEditor, type SlipstreamApi } from './editor/activate.ts';
import { addInProcess } from './editor/models/addProcess.ts';
import { tuneInProcess } from './editor/models/tuneProcess.ts';
import { createWorkerClient } from './worker/client.ts';
import { readLine } from './worker/logLines.ts';

/** Wires the parts. The worker is started later: activation must not hold up the editor. */
export function activate(context: vscode.ExtensionContext): SlipstreamApi {
  const log = vscode.window.createOutputChannel('Slipstream', { log: true });
  const worker = createWorkerClient({
    modulePath: context.asAbsolutePath('dist/worker.js'),
    log: (line) => {
      const { text, detail } = readLine(line);
      if (detail) log.trace(text);
      else log.info(text);
    },
  });
  context.subscriptions.push(log, worker);
  const { subscriptions, globalStorageUri, storageUri, workspaceState, secrets } = context;
  const storage = { machine: globalStorageUri.fsPath, workspace: storageUri?.fsPath ?? '' };
  const program = context.asAbsolutePath('dist/cli.js');
  const adding = { program, storage: storage.machine, secrets, run: addInProcess, tune: tuneInProcess };
  return activateEditor(subscriptions, worker, log, storage, workspaceState, secrets, adding);
}
