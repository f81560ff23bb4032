import * as vscode from 'vscode';

/** Whether a name, of letters, digits, `_` and `$`, stands in a file that is open. */
export function isInOpenFile(name: string): boolean {
  const whole = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`);
  return vscode.workspace.textDocuments.some((document) => whole.test(document.getText()));
}
