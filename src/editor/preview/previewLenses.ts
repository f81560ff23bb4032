import * as vscode from 'vscode';
import { previewScheme } from './previewDocuments.ts';

/** The actions of a preview, above its text. */
export function registerPreviewLenses(): vscode.Disposable {
  const actions = [
    { title: '$(insert) Insert', command: 'slipstream.insertPreview' },
    { title: '$(copy) Copy', command: 'slipstream.copyPreview' },
    { title: '$(close) Drop', command: 'slipstream.dropPreview' },
  ];
  return vscode.languages.registerCodeLensProvider(
    { scheme: previewScheme },
    {
      provideCodeLenses: ({ uri }) =>
        actions.map(
          (action) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { ...action, arguments: [uri] }),
        ),
    },
  );
}
