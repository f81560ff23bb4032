import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { comesToHold } from './harness/ownText.ts';
import { repository } from './harness/paths.ts';
import { skipWithoutEditor } from './harness/requirements.ts';
import { startServer } from './harness/server.ts';
import { packedExtension } from './harness/vsix.ts';
import { type Picture, Workbench, type WorkspaceFile } from './harness/workbench.ts';

// So regular that a model of any size goes on with them.
const steps = [1, 2, 3, 4, 5, 6];
const warnings: WorkspaceFile = {
  name: 'warnings.ts',
  text: `function showWarning(text: string, step: number, end: string): void {}
function showWindow(text: string, step: number, end: string): void {}
${steps.map((step) => `showWarning("step", ${step}, "done");\nshowWindow("step", ${step}, "done");\n`).join('')}
export const finished = true;
`,
};

const tests: WorkspaceFile = {
  name: 'tests.ts',
  text: ['One', 'All', 'Last', 'First']
    .map((name) => `measure('find${name}', () => {\n  run('finds', () => {});\n});\n`)
    .join(''),
};

const reader = (nth: string, body: string) => `export function read${nth}(path: string): string {
${body}
}
`;
const body = `  if (!existsSync(path)) {
    throw new Error("missing " + path);
  }
  return readFileSync(path, "utf8");`;
const readers: WorkspaceFile = {
  name: 'readers.ts',
  text: `import { existsSync, readFileSync } from 'node:fs';

${['First', 'Second', 'Third', 'Fourth'].map((nth) => reader(nth, body)).join('\n')}`,
};

// The same in a language where the editor opens no list by itself.
const loaders = (verb: string) =>
  ['First', 'Second', 'Third', 'Fourth']
    .map(
      (nth) => `export function ${verb}${nth}(file) {
  if (!isReady(file)) {
    throw new Error("not ready " + file);
  }
  return loadFile(file, "utf8");
}
`,
    )
    .join('\n');
const quiet: WorkspaceFile = { name: 'quiet.js', text: loaders('load') };
const streamed: WorkspaceFile = { name: 'streamed.js', text: loaders('fetch') };

const items: WorkspaceFile = {
  name: 'items.html',
  text: `<ul>
${['first', 'second', 'third', 'fourth', 'fifth']
  .map((nth) => `  <li>The ${nth} step is done and the next step can begin</li>\n`)
  .join('')}`,
};

test('as a person types in a real editor', { timeout: 15 * 60_000 }, async (context) => {
  if (skipWithoutEditor(context)) return;
  const server = await startServer({
    vsix: await packedExtension(),
    settings: {
      'files.autoSave': 'off',
      // Slow enough on any machine that a suggestion of several lines is seen to grow.
      'slipstream.model': 'base',
      'slipstream.policy': 'none',
      '[javascript][html]': {
        'editor.quickSuggestions': { other: 'off', strings: 'off', comments: 'off' },
        'editor.suggestOnTriggerCharacters': false,
      },
    },
    log: (line) => context.diagnostic(line),
  });
  context.after(() => server.stop());
  const workbench = await Workbench.open(server, [warnings, tests, readers, quiet, streamed, items]);
  context.after(() => workbench.close());
  await workbench.statusItem().waitFor();

  const step = async (name: string, run: (inner: TestContext) => Promise<void>): Promise<void> => {
    await context.test(name, async (inner: TestContext) => {
      const picture = name.replaceAll(/\W+/g, '-');
      try {
        await run(inner);
        inner.diagnostic(`picture: ${path.relative(repository, await workbench.screenshot(picture))}`);
      } catch (error) {
        await workbench.keepEvidence(picture);
        throw error;
      }
    });
  };

  await step(
    'kind 20: with the list open, the suggestion goes on from the selected entry and follows it',
    async (inner) => {
      await workbench.press('Control+End');
      await workbench.type('showW');
      await workbench.waitForSuggestList();
      const first = await workbench.waitForGhostText();
      const entry = await workbench.selectedEntry();
      inner.diagnostic(`${entry}: ${first}`);
      await workbench.screenshot('list-open');
      await workbench.stays(first, 1_500);
      await workbench.press('ArrowDown');
      const other = await workbench.selectedEntry();
      assert.notEqual(other, entry);
      const second = await workbench.waitForGhostText();
      inner.diagnostic(`${other}: ${second}`);
      await workbench.screenshot('list-moved');
      await workbench.press('ArrowUp');
      await workbench.waitForGhostTextToBe(first);
      // Tab takes the entry; what was suggested behind it is still there, for the next one.
      await workbench.press('Tab');
      const rest = await workbench.waitForGhostText();
      await workbench.press('Tab');
      const saved = await workbench.save(warnings.name);
      assert.equal(saved.slice(warnings.text.length).split('\n', 1)[0], `${entry}${rest.split('\n', 1)[0]}`);
    },
  );

  await step(
    'kind 13: what the editor closed by itself is not left behind what is accepted',
    async (inner) => {
      await workbench.openFile(tests.name);
      await workbench.press('Control+End');
      await workbench.type("measure('fi");
      await workbench.closeSuggestList();
      const suggestion = await workbench.waitForGhostText();
      inner.diagnostic(suggestion);
      await workbench.screenshot('closed-pair');
      await workbench.acceptGhostText();
      const added = (await workbench.save(tests.name)).slice(tests.text.length);
      for (const [open, close] of ['()', '{}'] as const)
        assert.equal(count(added, open!), count(added, close!), added);
      assert.equal(count(added, "'") % 2, 0, added);
    },
  );

  await step('a tag that the editor closed by itself is not left behind what is accepted', async (inner) => {
    await workbench.openFile(items.name);
    await workbench.press('Control+End');
    await workbench.type('  <li');
    // What closes tags starts with the first page: until it does, nothing comes of the `>`.
    for (const deadline = Date.now() + 120_000; ; await workbench.press('Backspace')) {
      await workbench.type('>');
      if (await comesToHold(workbench.page, '<li></li>', 4_000)) break;
      assert.ok(Date.now() < deadline, 'the editor closes no tag');
    }
    await workbench.type('The sixth step');
    const suggestion = await workbench.waitForGhostText();
    inner.diagnostic(suggestion);
    await workbench.screenshot('closed-tag');
    await workbench.acceptGhostText();
    const added = (await workbench.save(items.name)).slice(items.text.length);
    assert.ok(added.startsWith(`  <li>The sixth step${suggestion.split('\n', 1)[0]?.slice(0, 5)}`), added);
    assert.equal(count(added, '<li>'), count(added, '</li>'), added);
  });

  await step('a suggestion grows on screen and never goes away for that', async (inner) => {
    await workbench.openFile(streamed.name);
    await workbench.press('Control+End');
    let grown: readonly string[] | undefined;
    for (const nth of ['Fifth', 'Sixth', 'Seventh', 'Eighth']) {
      const pictures = await workbench.watchGhostText(async () => {
        await workbench.type(`\nexport function fetch${nth}(file) {\n`);
        // A busy editor may drop the question: the next function asks again.
        await workbench.waitForGhostText(1, 20_000).catch(() => '');
      });
      const shown = shownAfterKeys(pictures);
      for (const texts of shown) {
        texts.forEach((text, i) => {
          assert.ok(text !== '' && holds(text, texts[i - 1] ?? ''), JSON.stringify(pictures));
        });
      }
      grown = shown
        .map((texts) => texts.filter((text) => !text.startsWith('\n')))
        .find((texts) => texts.length > 1);
      if (grown) break;
      // All of it was there at once, or nothing.
      await workbench.press('Escape', 'Control+End', 'Enter');
    }
    assert.ok(grown, 'no suggestion was seen to grow');
    inner.diagnostic(JSON.stringify(grown));
  });

  for (const { name } of [readers, quiet]) {
    await step(
      `kind 29: in ${name} a suggestion of several lines stays so while it is typed`,
      async (inner) => {
        await workbench.openFile(name);
        await workbench.press('Control+End');
        await workbench.type(
          name === quiet.name
            ? '\nexport function loadFifth(file) {\n'
            : '\nexport function readFifth(path: string): string {\n',
        );
        const suggestion = await workbench.waitForGhostText(3);
        const lines = suggestion.split('\n').length;
        inner.diagnostic(suggestion);
        await workbench.screenshot(`block-${name}`);
        const pictures = await workbench.watchGhostText(async () => {
          for (const letter of suggestion.slice(0, 9)) {
            await workbench.type(letter);
            const left = await workbench.waitForGhostText(lines);
            assert.equal(left.split('\n').length, lines, `after ${letter}: ${left}`);
          }
        });
        inner.diagnostic(`lines seen while typing: ${JSON.stringify(pictures)}`);
        // The first line is drawn anew at each letter; what stands below never jumps, with one exception. This editor looks for
        // what goes on from its list's entry among answers for that entry alone, of which there are none when the list opens: it
        // takes the suggestion away until it has asked, 50 ms later, and draws the list after that, if no key has closed it by then.
        let missing = 0;
        let opened = 0;
        pictures.forEach(({ ghost, list }, i) => {
          const before = pictures[i - 1] ?? { ghost: lines, list: false };
          if (list && !before.list) opened++;
          if (ghost >= lines - 1 || before.ghost < lines - 1) return;
          missing++;
          assert.ok(!list, `gone while the list is open: ${JSON.stringify(pictures)}`);
        });
        assert.ok(missing <= Math.max(1, opened), JSON.stringify(pictures));
        if (name === quiet.name) assert.deepEqual([missing, opened], [0, 0]);
      },
    );
  }
});

/** The texts on screen one after the other, from the first after a key to the next key, for each key after which there was one. */
function shownAfterKeys(pictures: readonly Picture[]): string[][] {
  const byKey = [...new Set(pictures.map(({ keys }) => keys))].map((key) =>
    pictures.filter(({ keys }) => keys === key).map(({ text }) => text),
  );
  return byKey.flatMap((texts, i) => {
    // The first pictures after a key may show what stood there before it, or what is left of that while it is taken away.
    const before = byKey.slice(Math.max(0, i - 2), i).flat();
    const first = texts.findIndex((text) => text !== '' && !before.some((each) => isLeftOf(text, each)));
    return first < 0 ? [] : [texts.slice(first)];
  });
}

/** Whether a text is what is left of an earlier one: some of its lines, the first of them typed into. */
function isLeftOf(text: string, earlier: string): boolean {
  const lines = earlier.split('\n');
  return text.split('\n').every((line) => lines.some((each) => each.endsWith(line)));
}

/** Whether all lines of an earlier text are still there, in their order: it grows within the brackets that it closes. */
function holds(text: string, earlier: string): boolean {
  const lines = text.split('\n');
  let at = 0;
  return earlier
    .split('\n')
    .filter((line) => line !== '')
    .every((line) => {
      at = lines.indexOf(line, at) + 1;
      return at > 0;
    });
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
