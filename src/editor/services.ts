import type * as vscode from 'vscode';
import type { Completer } from './completion/completer.ts';
import type { Feedback } from './feedback.ts';
import type { WorkerHost } from './host/workerHost.ts';
import type { Added, AddRequest } from './models/addProcess.ts';
import type { Tuned, TuneRequest } from './models/tuneProcess.ts';
import type { Notices } from './notices.ts';
import type { Readable } from './openFiles/readable.ts';
import type { PreviewDocuments } from './preview/previewDocuments.ts';
import type { ServerKey } from './serverKey.ts';
import type { Configuration } from './settings/configuration.ts';
import type { Snooze } from './snooze.ts';
import type { Usage } from './usage/usage.ts';
import type { FateWatch } from './usage/watchFate.ts';
import type { Status } from './views/status.ts';

/** What adding a model needs, and tuning one. */
export interface Adding {
  /** The command line's program. */
  readonly program: string;
  /** Folder in which measured times are kept, for all workspaces. */
  readonly storage: string;
  readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store'>;
  readonly run: (request: AddRequest) => Promise<Added>;
  readonly tune: (request: TuneRequest) => Promise<Tuned>;
}

/** The parts that commands and listeners work with, made once in `activate`. */
export interface Services {
  readonly log: vscode.LogOutputChannel;
  readonly configuration: Configuration;
  readonly serverKey: ServerKey;
  readonly host: WorkerHost;
  readonly completer: Completer;
  readonly feedback: Feedback;
  readonly notices: Notices;
  readonly previews: PreviewDocuments;
  readonly readable: Readable;
  status(): Status;
  readonly snooze: Snooze;
  readonly usage: Usage;
  readonly fate: FateWatch;
  readonly adding: Adding;
  lastOutcome(): string;
  /** What the last failure said. */
  lastMessage(): string | undefined;
}
