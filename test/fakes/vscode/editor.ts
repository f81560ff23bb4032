import { FakeDocument, FakeTextEditor } from './document.ts';
import { Disposable, EventEmitter, TabInputText, Uri } from './values.ts';

type Command = (...given: unknown[]) => unknown;
interface ChangeEvent {
  readonly document: FakeDocument;
  readonly contentChanges: { rangeOffset: number; rangeLength: number; text: string }[];
  readonly reason: number | undefined;
}
interface Watcher {
  readonly changed: EventEmitter<Uri>;
  readonly created: EventEmitter<Uri>;
  readonly deleted: EventEmitter<Uri>;
}

/** An editor without windows: what a user does is called, what a user would see is kept. */
export class FakeEditor {
  readonly settings = new Map<string, unknown>();
  /** Names of settings that are set in the workspace. */
  readonly inWorkspace = new Set<string>();
  /** Settings that the user has for every workspace, as the editor tells them apart. */
  readonly forUser = new Map<string, unknown>();
  /** Settings of workspace folders: by the folder's path, then by name. */
  readonly folderSettings = new Map<string, Record<string, unknown>>();
  notebooks: { uri: Uri; getCells(): { document: FakeDocument }[] }[] = [];
  readonly commands = new Map<string, Command>();
  /** Commands of the editor itself that were run. */
  readonly ran: { id: string; given: unknown[] }[] = [];
  /** Every notification, with its buttons. */
  readonly messages: { kind: string; text: string; buttons: unknown[] }[] = [];
  readonly statusMessages: string[] = [];
  readonly picks: { items: readonly { id?: string; label: string }[]; options: unknown }[] = [];
  readonly inputs: Record<string, unknown>[] = [];
  /** What the user answers to the next notifications and quick picks; undefined turns away. */
  readonly answers: unknown[] = [];
  /** What was reported of work in progress. */
  readonly progress: object[] = [];
  /** Fired when a user cancels work in progress. */
  readonly cancelling = new EventEmitter<void>();
  readonly panels: {
    type: string;
    title: string;
    options: unknown;
    webview: { html: string };
    close(): void;
  }[] = [];
  readonly statusItems: Record<string, unknown>[] = [];
  readonly providers: { selector: unknown; provider: unknown }[] = [];
  readonly lenses: { selector: unknown; provider: unknown }[] = [];
  readonly contents = new Map<string, { provideTextDocumentContent(uri: Uri): string }>();
  readonly extensions: { packageJSON: unknown }[] = [];
  readonly watchers: Watcher[] = [];
  readonly quickPick = new EventEmitter<FakeQuickPick>();
  clipboard = '';
  trusted = true;
  folders: { uri: Uri; name: string; index?: number }[] = [];
  visible: FakeTextEditor[] = [];
  active: FakeTextEditor | undefined;
  tabs: { input: unknown }[] = [];
  readonly events = {
    activeEditor: new EventEmitter<FakeTextEditor | undefined>(),
    selection: new EventEmitter<{
      textEditor: FakeTextEditor;
      selections: FakeTextEditor['selections'];
      kind?: number | undefined;
    }>(),
    change: new EventEmitter<ChangeEvent>(),
    open: new EventEmitter<FakeDocument>(),
    close: new EventEmitter<FakeDocument>(),
    save: new EventEmitter<FakeDocument>(),
    configuration: new EventEmitter<{ affectsConfiguration(name: string): boolean }>(),
    tabs: new EventEmitter<{ closed: { input: unknown }[] }>(),
    trust: new EventEmitter<void>(),
    folders: new EventEmitter<void>(),
  };

  /** Show a document, as when its tab is clicked. */
  show(document: FakeDocument, cursor?: number): FakeTextEditor {
    const editor = new FakeTextEditor(document, cursor);
    this.visible = [...this.visible.filter((each) => each.document !== document), editor];
    this.active = editor;
    this.events.activeEditor.fire(editor);
    return editor;
  }

  /** Replace `removed` letters at an offset of the active document. */
  type(at: number, removed: number, text: string, reason?: number): void {
    const editor = this.active!;
    editor.document.replace(at, removed, text);
    const change = { rangeOffset: at, rangeLength: removed, text };
    this.events.change.fire({ document: editor.document, contentChanges: [change], reason });
    this.moveTo(at + text.length);
  }

  /** Put the cursor of the active editor somewhere. */
  moveTo(offset: number): void {
    const editor = this.active!;
    editor.select(offset, offset);
    this.events.selection.fire({ textEditor: editor, selections: editor.selections });
  }

  close(document: FakeDocument): void {
    document.isClosed = true;
    this.visible = this.visible.filter((each) => each.document !== document);
    if (this.active?.document === document) this.active = undefined;
    this.events.close.fire(document);
  }

  /** Write a setting by its whole name and tell those who listen. */
  set(name: string, value: unknown): void {
    this.settings.set(name, value);
    this.changed(name);
  }

  /** Write a setting of a workspace folder. */
  setInFolder(folder: string, name: string, value: unknown): void {
    this.folderSettings.set(folder, { ...this.folderSettings.get(folder), [name]: value });
    this.changed(name);
  }

  private changed(name: string): void {
    this.events.configuration.fire({
      affectsConfiguration: (section) => name === section || name.startsWith(`${section}.`),
    });
  }

  /** Run a command as a user does. */
  async run(id: string, ...given: unknown[]): Promise<unknown> {
    const command = this.commands.get(id);
    if (!command) throw new Error(`there is no command ${id}`);
    return await command(...given);
  }

  /** What the last notification said. */
  get lastMessage(): string | undefined {
    return this.messages.at(-1)?.text;
  }

  message(kind: string, text: string, ...buttons: unknown[]): Promise<unknown> {
    this.messages.push({ kind, text, buttons });
    return Promise.resolve(this.answers.shift());
  }

  pick(items: readonly { label: string }[], options: unknown): Promise<unknown> {
    this.picks.push({ items, options });
    const answer = this.answers.shift();
    return Promise.resolve(typeof answer === 'function' ? answer(items) : answer);
  }

  async openDocument(given: Uri | { language: string; content: string }): Promise<FakeDocument> {
    if (!(given instanceof Uri)) {
      const untitled = Uri.from({ scheme: 'untitled', path: 'Untitled-1' });
      return new FakeDocument(untitled, given.content, given.language);
    }
    const uri = given;
    const known = this.visible.find(({ document }) => document.uri.toString() === uri.toString());
    if (known) return known.document;
    const text = this.contents.get(uri.scheme)?.provideTextDocumentContent(uri) ?? '';
    return new FakeDocument(uri, text, 'markdown');
  }

  showBeside(document: FakeDocument): FakeTextEditor {
    const editor = new FakeTextEditor(document, 0);
    this.visible = [...this.visible.filter((each) => each.document !== document), editor];
    this.tabs.push({ input: new TabInputText(document.uri) });
    return editor;
  }

  closeTabs(closed: { input: unknown }[]): void {
    this.tabs = this.tabs.filter((tab) => !closed.includes(tab));
    this.events.tabs.fire({ closed });
  }

  relative(uri: Uri): string {
    const folder = this.folderOf(uri);
    if (!folder) return uri.fsPath;
    const name = uri.path.slice(folder.uri.path.length + 1);
    return this.folders.length > 1 ? `${folder.name}/${name}` : name;
  }

  folderOf(uri: Uri): FakeEditor['folders'][number] | undefined {
    return this.folders.find((each) => `${uri.path}/`.startsWith(`${each.uri.path}/`));
  }

  watch(): Watcher & Disposable {
    const watcher = {
      changed: new EventEmitter<Uri>(),
      created: new EventEmitter<Uri>(),
      deleted: new EventEmitter<Uri>(),
    };
    this.watchers.push(watcher);
    const { changed, created, deleted } = watcher;
    const events = { onDidChange: changed.event, onDidCreate: created.event, onDidDelete: deleted.event };
    return Object.assign(new Disposable(() => undefined), watcher, events);
  }
}

/** A list to choose from that also takes what is typed. */
export class FakeQuickPick {
  title = '';
  placeholder = '';
  value = '';
  items: readonly { label: string }[] = [];
  selectedItems: readonly { label: string }[] = [];
  readonly changed = new EventEmitter<string>();
  readonly accepted = new EventEmitter<void>();
  readonly hidden = new EventEmitter<void>();
  readonly onDidChangeValue = this.changed.event;
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;

  constructor(private readonly shown: (pick: FakeQuickPick) => void) {}

  show(): void {
    this.shown(this);
  }

  hide(): void {
    this.hidden.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}
