import * as vscode from 'vscode';
import { causeOf } from '../../errors.ts';
import { toLineFeeds } from '../../files/lineEnds.ts';
import { lineCommentOf } from '../../suggestion/language.ts';
import { currentOffset, inStyleOf, insertAsComment, insertBelow, wholeLines } from '../preview/insertion.ts';
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

/**
 * Put the text where it belongs: a summary of code above the code as a comment, anything else below the selection's last line.
 * False when it could not be put in, which the user is told; the preview keeps it then.
 */
async function insert({ origin, run, kind }: Preview): Promise<boolean> {
  const name = vscode.workspace.asRelativePath(origin.uri);
  try {
    const document = await vscode.workspace.openTextDocument(origin.uri);
    const content = document.getText();
    const at = currentOffset(content, origin.selected, origin.offset);
    if (at === undefined) return await refuse('the text that was selected is no longer in the file.');
    const comment = kind === 'summarize' ? lineCommentOf(document.languageId) : undefined;
    const { offset, text } = comment
      ? insertAsComment(content, at, run.text, comment)
      : insertBelow(wholeLines(content, at, origin.selected), at, inStyleOf(content, at, run.text));
    const editor = await vscode.window.showTextDocument(document, { viewColumn: columnOf(document.uri) });
    const done = await editor.edit((edit) => edit.insert(document.positionAt(offset), text));
    // An editor that was set read-only says that it is done.
    const expected = content.slice(0, offset) + text + content.slice(offset);
    if (done && toLineFeeds(document.getText()) === toLineFeeds(expected)) return true;
    return await refuse(`the text could not be put into ${name}, which may be read-only.`);
  } catch (error) {
    return await refuse(`the text could not be put into ${name} (${causeOf(error)}).`);
  }
}

/** Say why the text is not in the file. The preview stays, so that it can be copied from there. */
async function refuse(why: string): Promise<false> {
  await vscode.window.showWarningMessage(`Slipstream: ${why} Copy the preview instead.`);
  return false;
}

function columnOf(uri: vscode.Uri): vscode.ViewColumn {
  const editors = vscode.window.visibleTextEditors;
  const editor = editors.find((candidate) => candidate.document.uri.toString() === uri.toString());
  return editor?.viewColumn ?? vscode.ViewColumn.One;
}
