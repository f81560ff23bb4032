import * as vscode from 'vscode';
import type { NetworkSettings } from './network.ts';
import { readSettings, type SettingName, type SettingProblem, type Settings } from './settings.ts';

/** The settings as VS Code holds them. */
export class Configuration implements vscode.Disposable {
  settings: Settings;
  /** Of workspace folders, by their addresses. */
  private readonly byFolder = new Map<string, Settings>();
  private readonly changed = new vscode.EventEmitter<Settings>();
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly report: (problem: SettingProblem) => void) {
    this.settings = this.read();
    const folders = vscode.workspace.onDidChangeWorkspaceFolders(() => this.byFolder.clear());
    const values = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('slipstream')) return;
      this.byFolder.clear();
      this.settings = this.read();
      this.changed.fire(this.settings);
    });
    this.subscription = vscode.Disposable.from(folders, values);
  }

  /** The settings that hold for a file: a folder of the workspace may have its own. */
  settingsFor(uri: vscode.Uri | undefined): Settings {
    const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
    if (!folder) return this.settings;
    const key = folder.uri.toString();
    const settings = this.byFolder.get(key) ?? this.read(folder.uri);
    this.byFolder.set(key, settings);
    return settings;
  }

  /** Write a setting where the user keeps it: in the folder or the workspace if it is set there, else for the user; undefined takes it back. */
  async update<K extends SettingName>(
    name: K,
    value: Settings[K] | undefined,
    uri?: vscode.Uri,
  ): Promise<void> {
    const section = vscode.workspace.getConfiguration('slipstream', uri);
    const where = section.inspect(name);
    let target = vscode.ConfigurationTarget.Global;
    if (where?.workspaceFolderValue !== undefined) target = vscode.ConfigurationTarget.WorkspaceFolder;
    else if (where?.workspaceValue !== undefined) target = vscode.ConfigurationTarget.Workspace;
    await section.update(name, value, target);
  }

  /** Write a setting into the workspace; undefined where the user's own says the same takes it back. */
  async updateWorkspace<K extends SettingName>(name: K, value: Settings[K]): Promise<void> {
    const section = vscode.workspace.getConfiguration('slipstream');
    const { globalValue, defaultValue } = section.inspect(name) ?? {};
    const elsewhere = globalValue ?? defaultValue;
    await section.update(name, elsewhere === value ? undefined : value, vscode.ConfigurationTarget.Workspace);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private read(folder?: vscode.Uri): Settings {
    const section = vscode.workspace.getConfiguration('slipstream', folder);
    const { settings, problems } = readSettings((name) => section.get<unknown>(name));
    for (const problem of problems) this.report(problem);
    return settings;
  }
}

/** How the editor reaches servers now. A workspace cannot change them: the editor takes them from the user alone. */
export function networkSettings(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  return {
    proxy: http.get<string>('proxy'),
    proxySupport: http.get<string>('proxySupport'),
    noProxy: http.get<string[]>('noProxy'),
    strictSSL: http.get<boolean>('proxyStrictSSL'),
    systemCertificates: http.get<boolean>('systemCertificates'),
  };
}
