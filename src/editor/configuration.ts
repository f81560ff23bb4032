import * as vscode from 'vscode';
import { readSettings, type SettingName, type SettingProblem, type Settings } from './settings.ts';

/** The settings as VS Code holds them. */
export class Configuration implements vscode.Disposable {
  settings: Settings;
  private readonly changed = new vscode.EventEmitter<Settings>();
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly report: (problem: SettingProblem) => void) {
    this.settings = this.read();
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('slipstream')) return;
      this.settings = this.read();
      this.changed.fire(this.settings);
    });
  }

  /** Write a setting where the user keeps it: in the workspace if it is set there, else for the user. */
  async update<K extends SettingName>(name: K, value: Settings[K]): Promise<void> {
    const section = vscode.workspace.getConfiguration('slipstream');
    const inWorkspace = section.inspect(name)?.workspaceValue !== undefined;
    const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await section.update(name, value, target);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private read(): Settings {
    const section = vscode.workspace.getConfiguration('slipstream');
    const { settings, problems } = readSettings((name) => section.get<unknown>(name));
    for (const problem of problems) this.report(problem);
    return settings;
  }
}
