import Module from 'node:module';
import { FakeEditor, FakeQuickPick } from './editor.ts';
import * as values from './values.ts';

/**
 * Puts a fake editor in the place of the package `vscode`, which is only there inside of the editor. Import this file before
 * anything that imports `vscode`: the imports of a test keep their order behind one without names.
 */

export const editor = new FakeEditor();

const { events } = editor;
const vscode = {
  ...values,
  window: {
    get activeTextEditor() {
      return editor.active;
    },
    get visibleTextEditors() {
      return editor.visible;
    },
    onDidChangeActiveTextEditor: events.activeEditor.event,
    onDidChangeTextEditorSelection: events.selection.event,
    showInformationMessage: editor.message.bind(editor, 'information'),
    showWarningMessage: editor.message.bind(editor, 'warning'),
    showErrorMessage: editor.message.bind(editor, 'error'),
    showQuickPick: editor.pick.bind(editor),
    createQuickPick: () => new FakeQuickPick((pick) => editor.quickPick.fire(pick)),
    setStatusBarMessage: (text: string) => void editor.statusMessages.push(text),
    withProgress: (_options: unknown, work: (bar: unknown, token: unknown) => unknown) =>
      work(
        { report: (step: object) => void editor.progress.push(step) },
        { onCancellationRequested: editor.cancelling.event },
      ),
    showTextDocument: async (document: Parameters<FakeEditor['showBeside']>[0]) =>
      editor.showBeside(document),
    createWebviewPanel: (type: string, title: string, _column: unknown, options: unknown) => {
      const panel = {
        ...{ type, title, options, webview: { html: '' } },
        ...{ reveal: () => undefined, close: () => {} },
        onDidDispose: (closed: () => void) => {
          panel.close = closed;
        },
      };
      editor.panels.push(panel);
      return panel;
    },
    showOpenDialog: async () => editor.answers.shift(),
    showInputBox: async (options: unknown) => {
      editor.inputs.push(options as Record<string, unknown>);
      return editor.answers.shift();
    },
    createStatusBarItem: () => {
      const item = { show: () => undefined, dispose: () => undefined };
      editor.statusItems.push(item);
      return item;
    },
    tabGroups: {
      onDidChangeTabs: events.tabs.event,
      get all() {
        return [{ tabs: editor.tabs }];
      },
      close: async (tabs: { input: unknown }[]) => editor.closeTabs(tabs),
    },
  },
  workspace: {
    get isTrusted() {
      return editor.trusted;
    },
    get workspaceFolders() {
      return editor.folders;
    },
    get textDocuments() {
      return editor.visible.map(({ document }) => document);
    },
    onDidChangeTextDocument: events.change.event,
    onDidOpenTextDocument: events.open.event,
    onDidCloseTextDocument: events.close.event,
    onDidSaveTextDocument: events.save.event,
    onDidChangeConfiguration: events.configuration.event,
    onDidGrantWorkspaceTrust: events.trust.event,
    onDidChangeWorkspaceFolders: events.folders.event,
    get notebookDocuments() {
      return editor.notebooks;
    },
    getConfiguration: (section: string, given?: values.Uri) => {
      const scope = given?.path === undefined ? undefined : (editor.folderOf(given)?.uri ?? given);
      return {
        get: (name: string) =>
          editor.folderSettings.get(scope?.path ?? '')?.[`${section}.${name}`] ??
          editor.settings.get(`${section}.${name}`),
        inspect: (name: string) => ({
          workspaceFolderValue: editor.folderSettings.get(scope?.path ?? '')?.[`${section}.${name}`],
          globalValue: editor.forUser.get(`${section}.${name}`),
          workspaceValue: editor.inWorkspace.has(`${section}.${name}`)
            ? editor.settings.get(`${section}.${name}`)
            : undefined,
        }),
        update: async (name: string, value: unknown, target: number) => {
          if (target === values.ConfigurationTarget.WorkspaceFolder) {
            editor.setInFolder(scope!.path, `${section}.${name}`, value);
            return;
          }
          if (target === values.ConfigurationTarget.Workspace) editor.inWorkspace.add(`${section}.${name}`);
          editor.set(`${section}.${name}`, value);
        },
      };
    },
    asRelativePath: (uri: values.Uri) => editor.relative(uri),
    getWorkspaceFolder: (uri: values.Uri) => editor.folderOf(uri),
    openTextDocument: (given: Parameters<FakeEditor['openDocument']>[0]) => editor.openDocument(given),
    registerTextDocumentContentProvider: (
      scheme: string,
      provider: { provideTextDocumentContent(uri: values.Uri): string },
    ) => {
      editor.contents.set(scheme, provider);
      return new values.Disposable(() => editor.contents.delete(scheme));
    },
    createFileSystemWatcher: () => editor.watch(),
  },
  commands: {
    registerCommand: (id: string, command: (...given: unknown[]) => unknown) => {
      editor.commands.set(id, command);
      return new values.Disposable(() => editor.commands.delete(id));
    },
    executeCommand: async (id: string, ...given: unknown[]) => {
      editor.ran.push({ id, given });
      return await editor.commands.get(id)?.(...given);
    },
  },
  languages: {
    registerInlineCompletionItemProvider: (selector: unknown, provider: unknown) => {
      editor.providers.push({ selector, provider });
      return new values.Disposable(() => undefined);
    },
    registerCodeLensProvider: (selector: unknown, provider: unknown) => {
      editor.lenses.push({ selector, provider });
      return new values.Disposable(() => undefined);
    },
  },
  l10n: {
    t: (text: string, ...values: (string | number)[]) =>
      text.replace(/\{(\d+)\}/g, (_, n) => String(values[Number(n)])),
  },
  env: {
    language: 'en',
    clipboard: {
      writeText: async (text: string) => {
        editor.clipboard = text;
      },
    },
  },
  extensions: { all: editor.extensions },
};

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = function (request, ...rest) {
  return request === 'vscode' ? vscode : load.call(this, request, ...rest);
};
