import * as vscode from 'vscode';

/** Begins the names under which keys are kept. */
const KEPT = 'slipstream.remote.key:';

/**
 * The keys of servers, in the editor's own secret storage: one for each server, so that an address that is changed never takes the
 * key of another server along.
 */
export class ServerKey implements vscode.Disposable {
  private readonly keys = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<void>();
  /** A key is another than before. */
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly secrets: vscode.SecretStorage) {
    this.subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(KEPT)) void this.read(key);
    });
  }

  /** The key of an address's server; empty where none is kept, or it is not read yet: then a change is told when it is. */
  of(url: string): string {
    const name = nameOf(url);
    if (name === undefined) return '';
    const known = this.keys.get(name);
    if (known === undefined) void this.read(name);
    return known ?? '';
  }

  /** Keep a key for an address's server; an empty one takes it away. */
  async keep(url: string, key: string): Promise<void> {
    const name = nameOf(url);
    if (name === undefined) return;
    if (key === '') await this.secrets.delete(name);
    else await this.secrets.store(name, key);
    await this.read(name);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async read(name: string): Promise<void> {
    const key = (await this.secrets.get(name)) ?? '';
    const before = this.keys.get(name) ?? '';
    this.keys.set(name, key);
    if (key !== before) this.changed.fire();
  }
}

/** Scheme, host and port of an address; undefined for what is none. */
function nameOf(url: string): string | undefined {
  return URL.canParse(url) ? `${KEPT}${new URL(url).origin}` : undefined;
}
