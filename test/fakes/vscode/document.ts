import { Position, Range, Selection, Uri } from './values.ts';

/** A document in the hands of a test. */
export class FakeDocument {
  readonly uri: Uri;
  readonly languageId: string;
  version = 1;
  isClosed = false;

  constructor(
    uri: Uri | string,
    private text: string,
    languageId = 'typescript',
  ) {
    this.uri = typeof uri === 'string' ? Uri.file(uri) : uri;
    this.languageId = languageId;
  }

  get lineCount(): number {
    return this.lines().length;
  }

  lineAt(line: number): { range: Range; text: string } {
    const text = this.lines()[line]!;
    return { text, range: new Range(new Position(line, 0), new Position(line, text.length)) };
  }

  getText(range?: Range): string {
    return range ? this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end)) : this.text;
  }

  offsetAt({ line, character }: Position): number {
    const before = this.lines().slice(0, line);
    return before.reduce((sum, each) => sum + each.length + 1, 0) + character;
  }

  positionAt(offset: number): Position {
    const before = this.text.slice(0, offset).split('\n');
    return new Position(before.length - 1, before.at(-1)!.length);
  }

  /** Change the text behind the editor's back; {@link FakeEditor.type} tells those who listen. */
  replace(offset: number, length: number, inserted: string): void {
    this.text = this.text.slice(0, offset) + inserted + this.text.slice(offset + length);
    this.version++;
  }

  private lines(): string[] {
    return this.text.split('\n');
  }
}

/** An editor that shows a document. */
export class FakeTextEditor {
  options: { tabSize: number | string } = { tabSize: 2 };
  viewColumn = 1;
  selections: Selection[];

  constructor(
    readonly document: FakeDocument,
    cursor = document.getText().length,
  ) {
    this.selections = [selectionAt(document, cursor, cursor)];
  }

  get selection(): Selection {
    return this.selections[0]!;
  }

  set selection(one: Selection) {
    this.selections = [one];
  }

  /** Select from one offset to another. */
  select(from: number, to: number): void {
    this.selections = [selectionAt(this.document, from, to)];
  }

  async edit(make: (edit: { insert(at: Position, text: string): void }) => void): Promise<boolean> {
    make({ insert: (at, text) => this.document.replace(this.document.offsetAt(at), 0, text) });
    return true;
  }
}

function selectionAt(document: FakeDocument, from: number, to: number): Selection {
  return new Selection(document.positionAt(from), document.positionAt(to));
}
