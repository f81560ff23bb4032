import type * as vscode from 'vscode';
import type { Completer } from './completion/completer.ts';
import type { Configuration } from './configuration.ts';
import type { Exclusion } from './exclusion.ts';
import type { Feedback } from './feedback.ts';
import type { Notices } from './notices.ts';
import type { PreviewDocuments } from './preview/previewDocuments.ts';
import type { Status } from './views/status.ts';
import type { WorkerHost } from './workerHost.ts';

/** The parts that commands and listeners work with, made once in `activate`. */
export interface Services {
  readonly log: vscode.LogOutputChannel;
  readonly configuration: Configuration;
  readonly host: WorkerHost;
  readonly completer: Completer;
  readonly feedback: Feedback;
  readonly notices: Notices;
  readonly previews: PreviewDocuments;
  exclusion(): Exclusion;
  status(): Status;
  lastOutcome(): string;
}
