// This folder: status bar item and what it tells.

import * as vscode from 'vscode';
import { describeStatus, type Status } from './status.ts';

/** A spinner for every suggestion would be restless; only work that takes longer shows. */
const showWorkingAfter = 300;

/** The status bar item. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly status: () => Status) {
    this.item = vscode.window.createStatusBarItem('slipstream.status', vscode.StatusBarAlignment.Right, 90);
    this.item.name = 'Slipstream';
    this.item.command = 'slipstream.showStatus';
    this.draw();
    this.item.show();
  }

  /** Look at the state again. */
  refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.status().kind === 'working') this.timer = setTimeout(() => this.draw(), showWorkingAfter);
    else this.draw();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
  }

  private draw(): void {
    const { text, tooltip, severity } = describeStatus(this.status());
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: tooltip };
    this.item.backgroundColor =
      severity === 'none' ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
  }
}
