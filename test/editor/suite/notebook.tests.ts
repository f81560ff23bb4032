import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { acceptBy, type Jobs, ready, type, until, watchJobs } from './support.ts';

describe('a notebook', () => {
  let jobs: Jobs | undefined;

  afterEach(async () => {
    jobs?.stop();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('shows a suggestion in a cell, for which the cells above are read in their order', async () => {
    await ready();
    jobs = await watchJobs();
    const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python');
    const notes = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'Notes of today', 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData([
        cell('first_step = run_step("first", 1)'),
        notes,
        cell('second_step = run_step("second", 2)'),
        cell('third_step = run_step("third", 3)\nfourth_step'),
      ]),
    );
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(3, 4)] });
    const { document } = notebook.cellAt(3);
    const editor = await until('the cell can be typed into', async () => {
      await vscode.commands.executeCommand('notebook.cell.edit');
      const active = vscode.window.activeTextEditor;
      return active?.document === document && active;
    });
    const end = document.lineAt(document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
    await type(' = ');
    const added = await acceptBy('editor.action.inlineSuggest.commit', editor);
    assert.notEqual(added.trim(), '');
    const { params } = jobs.started[0]!;
    assert.ok(params.kind === 'complete');
    assert.match(params.prefix, /^first_step.*\n\nsecond_step.*\n\nthird_step/);
    assert.ok(!params.prefix.includes('Notes'), params.prefix);
    assert.match(params.path, /#/);
  });
});
