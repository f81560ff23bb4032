import * as vscode from 'vscode';
import { lineCommentOf } from '../completion/language.ts';
import { currentOffset, insertAsComment, insertBelow } from '../preview/insertion.ts';
import type { Preview } from '../preview/previewDocuments.ts';
import { notUsableBecause } from '../preview/taskRun.ts';
import type { Services } from '../services.ts';

/** «Insert», «Copy» and «Drop»: what can be done with a summary or a translation. */
export function registerPreviewActions(services: Services): vscode.Disposable {
  const register = (id: string, action: (preview: Preview) => Promise<void>) =>
    vscode.commands.registerCommand(id, async (uri?: unknown) => {
      const preview = services.previews.find(uri instanceof vscode.Uri ? uri : undefined);
      if (preview) await action(preview);
      else vscode.window.setStatusBarMessage('Slipstream: there is no preview open.', 4000);
    });
  return vscode.Disposable.from(
    register('slipstream.insertPreview', async (preview) => {
      if (isUsable(preview) && (await insert(preview))) await services.previews.close(preview);
    }),
    register('slipstream.copyPreview', async (preview) => {
      if (!isUsable(preview)) return;
      await vscode.env.clipboard.writeText(preview.run.text.trim());
      vscode.window.setStatusBarMessage('Slipstream: copied.', 3000);
    }),
    register('slipstream.dropPreview', (preview) => services.previews.close(preview)),
  );
}

function isUsable(preview: Preview): boolean {
  const reason = notUsableBecause(preview.run);
  if (reason) vscode.window.setStatusBarMessage(`Slipstream: ${reason}`, 4000);
  return reason === undefined;
}

/** Put the text where it belongs: a summary of code above the code as a comment, anything else below. */
async function insert({ origin, run, kind }: Preview): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(origin.uri);
  const content = document.getText();
  const at = currentOffset(content, origin.selected, origin.offset);
  if (at === undefined) {
    await vscode.window.showWarningMessage(
      'Slipstream: the text that was selected is no longer in the file. Copy the preview instead.',
    );
    return false;
  }
  const comment = kind === 'summarize' ? lineCommentOf(document.languageId) : undefined;
  const { offset, text } = comment
    ? insertAsComment(content, at, run.text, comment)
    : insertBelow(origin.selected, at, run.text);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: columnOf(document.uri) });
  return editor.edit((edit) => edit.insert(document.positionAt(offset), text));
}

function columnOf(uri: vscode.Uri): vscode.ViewColumn {
  const editors = vscode.window.visibleTextEditors;
  const editor = editors.find((candidate) => candidate.document.uri.toString() === uri.toString());
  return editor?.viewColumn ?? vscode.ViewColumn.One;
}
