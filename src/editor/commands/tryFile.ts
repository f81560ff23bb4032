import * as vscode from 'vscode';

const sample = `/** What a cart holds. */
interface Item {
  readonly name: string;
  readonly price: number;
  readonly count: number;
}

/** The price of one line of the cart. */
function priceOf(item: Item): number {
  return item.price * item.count;
}

/** The price of the whole cart. */
function totalOf(items: readonly Item[]): number {
  `;

/** «Try It in a Sample File»: text of its own with the cursor where a suggestion is sure to come. */
export function registerTryFile(): vscode.Disposable {
  return vscode.commands.registerCommand('slipstream.tryFile', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: sample });
    const editor = await vscode.window.showTextDocument(document);
    const end = document.positionAt(sample.length);
    editor.selection = new vscode.Selection(end, end);
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  });
}
