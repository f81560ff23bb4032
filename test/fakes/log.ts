import type * as vscode from 'vscode';

/** An output channel that keeps what it is told. */
export function fakeLog() {
  const lines: string[] = [];
  let shown = 0;
  const write = (level: string) => (line: string) => void lines.push(`${level}: ${line}`);
  const channel = {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    show: () => {
      shown++;
    },
  } as unknown as vscode.LogOutputChannel;
  return {
    channel,
    lines,
    get shown() {
      return shown;
    },
  };
}

/** A memento in memory. */
export function fakeMemento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string, fallback?: T) => (values.has(key) ? (values.get(key) as T) : fallback),
    update: async (key: string, value: unknown) => void values.set(key, value),
  } as vscode.Memento;
}

/** Secret storage in memory. */
export function fakeSecrets() {
  const kept = new Map<string, string>();
  const listeners = new Set<(event: { key: string }) => unknown>();
  const tell = (key: string) => {
    for (const listener of listeners) listener({ key });
  };
  const storage: vscode.SecretStorage = {
    get: async (key) => kept.get(key),
    store: async (key, value) => {
      kept.set(key, value);
      tell(key);
    },
    delete: async (key) => {
      kept.delete(key);
      tell(key);
    },
    onDidChange: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  return { storage, kept, listeners };
}
