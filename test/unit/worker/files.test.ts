import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SuffixIndex } from '../../../src/engine/drafts/copying/suffixIndex.ts';
import { NeighbourFiles } from '../../../src/prompts/neighbourFiles.ts';
import { TextTaker } from '../../../src/worker/files.ts';

/** What texts become known of, over an index of characters. */

const KEY = 'sk_live_51H8abcDEFghiJKLmnoPQR';

function taker() {
  const index = new SuffixIndex(1 << 20);
  const encode = (text: string) => [...text].map((char) => char.codePointAt(0)! % 256);
  const texts = new TextTaker(async () => undefined);
  const neighbours = new NeighbourFiles();
  const seen: string[] = [];
  texts.start({
    index,
    neighbours,
    encode: (text) => {
      seen.push(text);
      return encode(text);
    },
    workspace: true,
  });
  return { texts, index, neighbours, seen };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('secret files', () => {
  test('values that look like keys enter neither index nor snippets: of open files, of the workspace, accepted', async () => {
    const { texts, index, neighbours, seen } = taker();
    texts.file({ path: 'open.ts', text: `const key = '${KEY}';\nexport const region = 'eu';\n` });
    texts.accept({ path: 'a.sh', text: `STRIPE_KEY=${KEY}` });
    await texts.workspace([{ path: 'closed.sh', text: `export STRIPE_SECRET_KEY=${KEY}\n` }]);
    await settled();
    assert.ok(index.has('open.ts') && index.has('closed.sh'));
    assert.ok(seen.join('').includes("export const region = 'eu'"));
    assert.ok(!seen.join('').includes('sk_live'), seen.join('|'));
    assert.ok(!JSON.stringify([...neighbours]).includes('sk_live'));
  });
});

describe('ignored files, once open', () => {
  test('nothing is left of a file that is forgotten, what was accepted in it included', async () => {
    const { texts, index, neighbours } = taker();
    texts.file({ path: 'local.ts', text: 'one' });
    texts.accept({ path: 'local.ts', text: 'two' });
    texts.accept({ path: 'other.ts', text: 'three' });
    await settled();
    assert.equal(index.count, 3);
    texts.forget({ paths: ['local.ts'] });
    await settled();
    assert.equal(index.count, 1);
    assert.ok(!index.has('local.ts') && !neighbours.has('local.ts'));
  });

  test('a file that is forgotten before it was taken is never taken', async () => {
    const { texts, index } = taker();
    texts.file({ path: 'local.ts', text: 'one' });
    texts.accept({ path: 'local.ts', text: 'two' });
    texts.forget({ paths: ['local.ts'] });
    await settled();
    assert.equal(index.count, 0);
  });
});
