import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SuffixIndex } from '../../../src/engine/drafts/copying/suffixIndex.ts';
import { NeighbourFiles } from '../../../src/prompts/neighbourFiles.ts';
import { TextTaker } from '../../../src/worker/files.ts';

/** In which order texts are taken over, and what becomes of those that do not fit or are wanted no more. */

interface Setting {
  readonly workspace?: boolean;
  readonly quiet?: () => Promise<void>;
  readonly bytes?: number;
}

function setting({ workspace = true, quiet = async () => undefined, bytes = 1 << 20 }: Setting = {}) {
  const index = new SuffixIndex(bytes);
  const neighbours = new NeighbourFiles();
  const texts = new TextTaker(quiet);
  const seen: string[] = [];
  const encode = (text: string) => {
    seen.push(text);
    return [...text].map((char) => char.codePointAt(0)! % 256);
  };
  const start = () => texts.start({ index, neighbours, encode, workspace });
  return { texts, index, neighbours, seen, start };
}

/** Answered once all that was told before is taken: files of the workspace come last. */
const settled = async (texts: TextTaker) => {
  await texts.workspace([]);
};

describe('texts that a worker is told of', () => {
  test('wait until a model is there, and the newest of each open file is taken once', async () => {
    const { texts, index, seen, start } = setting();
    texts.file({ path: 'a.ts', text: 'old' });
    texts.file({ path: 'a.ts', text: 'new' });
    texts.accept({ path: 'a.ts', text: 'taken over' });
    assert.equal(index.count, 0);
    start();
    await settled(texts);
    assert.deepEqual(seen, ['taken over', 'new']);
    assert.equal(index.count, 2);
  });

  test('of open files go before those of the workspace, whose older text of an open file is left', async () => {
    const { texts, index, seen, start } = setting();
    const answer = texts.workspace([
      { path: 'a.ts', text: 'on disk' },
      { path: 'b.ts', text: 'closed' },
    ]);
    texts.file({ path: 'a.ts', text: 'in the editor' });
    start();
    assert.equal((await answer).state, 'taken');
    assert.deepEqual(seen, ['in the editor', 'closed']);
    texts.file({ path: 'a.ts', text: null });
    await texts.workspace([{ path: 'a.ts', text: 'saved' }]);
    assert.equal(seen.at(-1), 'saved');
    assert.ok(index.has('a.ts'), 'once closed it is a file of the workspace again');
  });

  test('leave the index when their file is closed or gone', async () => {
    const { texts, index, neighbours, start } = setting();
    start();
    texts.file({ path: 'a.ts', text: 'one' });
    await texts.workspace([{ path: 'b.ts', text: 'two' }]);
    assert.ok(neighbours.has('a.ts') && index.has('a.ts') && index.has('b.ts'));
    texts.file({ path: 'a.ts', text: null });
    const left = await texts.workspace([{ path: 'b.ts', text: null }]);
    assert.ok(!neighbours.has('a.ts') && !index.has('a.ts') && !index.has('b.ts'));
    assert.deepEqual([left.texts, left.tokens], [0, 0]);
  });

  test('are not taken while a job runs', async () => {
    let free: () => void = () => undefined;
    const job = new Promise<void>((resolve) => {
      free = resolve;
    });
    const { texts, index, start } = setting({ quiet: () => job });
    start();
    texts.file({ path: 'a.ts', text: 'one' });
    texts.forget({ paths: ['b.ts'] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(index.count, 0);
    free();
    await settled(texts);
    assert.equal(index.count, 1);
  });

  test('that are long are cut in pieces, of which none parts a character, and nothing is lost', async () => {
    const { texts, seen, start } = setting();
    start();
    const text = `a${'🚀'.repeat(5000)}`;
    texts.file({ path: 'a.txt', text });
    await settled(texts);
    assert.ok(seen.length > 2 && seen.every((piece) => piece.length <= 4096));
    assert.ok(!seen.some((piece) => /\p{Surrogate}/u.test(piece)));
    assert.equal(seen.join(''), text);
  });
});

describe('files of the workspace', () => {
  test('leave room for what is open: they are refused when most is taken, and open files are not', async () => {
    const { texts, index, start } = setting({ bytes: 1 << 16 });
    start();
    const piece = 'x'.repeat(Math.ceil(index.capacity * 0.4));
    const first = await texts.workspace([{ path: 'a.ts', text: piece }]);
    assert.deepEqual([first.state, first.capacity], ['taken', index.capacity]);
    const second = await texts.workspace([
      { path: 'b.ts', text: piece },
      { path: 'c.ts', text: 'small' },
      { path: 'a.ts', text: 'newer' },
    ]);
    assert.equal(second.state, 'full');
    assert.ok(!index.has('c.ts') && index.has('a.ts'));
    texts.file({ path: 'open.ts', text: 'open' });
    await settled(texts);
    assert.ok(index.has('open.ts'));
  });

  test('are not taken where they are not wanted, and those that are gone go all the same', async () => {
    const { texts, index, start } = setting({ workspace: false });
    start();
    index.put('left.ts', [1, 2, 3]);
    const answer = await texts.workspace([
      { path: 'a.ts', text: 'one' },
      { path: 'left.ts', text: null },
    ]);
    assert.deepEqual([answer.state, answer.texts], ['off', 0]);
  });

  test('that are forgotten before they were taken are never taken, and the others are', async () => {
    const { texts, index, seen, start } = setting();
    const answer = texts.workspace([
      { path: 'secret.ts', text: 'hidden' },
      { path: 'b.ts', text: 'shown' },
    ]);
    texts.forget({ paths: ['secret.ts'] });
    start();
    assert.equal((await answer).texts, 1);
    assert.ok(index.has('b.ts') && !index.has('secret.ts'));
    assert.ok(!seen.includes('hidden'));
  });

  test('that are forgotten may be taken again when somebody names them anew', async () => {
    const { texts, index, start } = setting();
    start();
    texts.forget({ paths: ['a.ts'] });
    await texts.workspace([{ path: 'a.ts', text: 'again' }]);
    assert.ok(index.has('a.ts'));
  });
});
