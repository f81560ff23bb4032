import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { filesToEdit, LOAD_SETTINGS, loadEditor } from '../load/editor.ts';
import { makeProbe } from '../load/probed.ts';
import { repository } from './harness/paths.ts';
import { skipWithoutEditor } from './harness/requirements.ts';
import { startServer } from './harness/server.ts';
import { packedExtension } from './harness/vsix.ts';
import { Workbench, type WorkspaceFile } from './harness/workbench.ts';

// Functions alike but for a name, so that a model of any size goes on with the one that is begun; it is no function that is there already.
const typescript: WorkspaceFile = {
  name: 'parcels.ts',
  text: `/** What a parcel is made of. */
export interface Parcel {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly weight: number;
}

export function widthOf(parcel: Parcel): number {
  return parcel.width;
}

export function heightOf(parcel: Parcel): number {
  return parcel.height;
}

export function depthOf(parcel: Parcel): number {
  return parcel.depth;
}

`,
};

const python: WorkspaceFile = {
  name: 'words.py',
  text: `import sys


def count_words(path):
    counts = {}
    with open(path) as file:
        for line in file:
            for word in line.split():
                counts[word] = counts.get(word, 0) + 1
    return counts


def count_lines(path):
    counts = {}
    with open(path) as file:
        for line in file:
            counts[line] = counts.get(line, 0) + 1
    return counts


def count_letters(path):
`,
};

// So regular that a model of any size goes on with it, and closes the bracket.
const calls: WorkspaceFile = {
  name: 'calls.ts',
  text: [1, 2, 3, 4, 5, 6].map((digit) => `console.log("step", ${digit}, "done");\n`).join(''),
};

// In comments the language offers no list of its own, so what is on screen is the suggestion alone.
const comments: WorkspaceFile = {
  name: 'comments.ts',
  text: ['first', 'second', 'third', 'fourth', 'fifth']
    .map((nth) => `// The ${nth} step is done and the next step can begin.\n`)
    .join(''),
};

test('as a person in a real editor, with the packed extension', { timeout: 15 * 60_000 }, async (context) => {
  if (skipWithoutEditor(context)) return;
  const probe = await makeProbe();
  const server = await startServer({
    vsix: await packedExtension(),
    extension: probe.folder,
    environment: probe.environment,
    settings: LOAD_SETTINGS,
    log: (line) => context.diagnostic(line),
  });
  context.after(() => server.stop());
  const workbench = await Workbench.open(server, [typescript, python, calls, comments, ...filesToEdit()]);
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

  await step('typing TypeScript shows ghost text and Tab puts it into the file', async () => {
    await workbench.press('Control+End');
    await workbench.type('export function weightOf');
    await workbench.waitForGhostText();
    await workbench.screenshot('ghost-text-typescript');
    // It may have grown meanwhile, within the brackets that it closes.
    const suggestion = await workbench.waitForGhostText();
    await workbench.acceptGhostText();
    const saved = await workbench.save(typescript.name);
    assertAccepted(saved, `${typescript.text}export function weightOf`, suggestion);
  });

  await step('typing Python shows ghost text and Tab puts it into the file', async () => {
    await workbench.openFile(python.name);
    await workbench.press('Control+End');
    await workbench.type('    ');
    await workbench.waitForGhostText();
    await workbench.screenshot('ghost-text-python');
    // It may have grown meanwhile, within the brackets that it closes.
    const suggestion = await workbench.waitForGhostText();
    await workbench.acceptGhostText();
    const saved = await workbench.save(python.name);
    assertAccepted(saved, `${python.text}    `, suggestion);
  });

  await step('a suggestion that closes the bracket leaves no second one behind', async () => {
    await workbench.openFile(calls.name);
    await workbench.press('Control+End');
    // Up to where the line is no longer one of those above: a copy of one of them would not be offered.
    await workbench.type('console.log("step", 7');
    await workbench.waitForGhostText();
    await workbench.screenshot('ghost-text-bracket');
    await workbench.acceptGhostText();
    const added = (await workbench.save(calls.name)).slice(calls.text.length);
    assert.match(added, /^console\.log\([^()\n]+\);?\n?/);
    assert.ok(count(added, ')') <= count(added, '('), added);
    assert.ok(count(added, '"') % 2 === 0, added);
  });

  await step('typing what the ghost text says keeps it, and Escape puts it away', async () => {
    await workbench.openFile(comments.name);
    await workbench.press('Control+End');
    await workbench.type('// The sixth step');
    const suggestion = await workbench.waitForGhostText();
    const typed = suggestion.slice(0, 5);
    for (const [index, character] of [...typed].entries()) {
      await workbench.type(character);
      await workbench.waitForGhostTextToBe(suggestion.slice(index + 1));
    }
    await workbench.screenshot('ghost-text-typed-ahead');
    await workbench.press('Escape');
    await workbench.waitForNoGhostText();
    assert.equal(await workbench.save(comments.name), `${comments.text}// The sixth step${typed}`);
  });

  await step('the drafts that are ticked in the list are those that are used from then on', async () => {
    await workbench.runCommand('Slipstream: Choose Drafts');
    for (const draft of ['lookup', 'suffix']) await workbench.choice(draft).waitFor();
    await workbench.screenshot('choose-drafts');
    const all = await workbench.ticked();
    assert.ok(all.length > 2, all.join());
    for (const draft of all)
      if (draft !== 'suffix' && draft !== 'lookup') await workbench.choice(draft).click();
    await workbench.press('Enter');
    await workbench.choice('suffix').waitFor({ state: 'hidden' });
    await workbench.openFile(typescript.name);
    await workbench.runCommand('Slipstream: Choose Drafts');
    await workbench.choice('suffix').waitFor();
    assert.deepEqual((await workbench.ticked()).sort(), ['lookup', 'suffix']);
    await workbench.press('Escape');
    await workbench.choice('suffix').waitFor({ state: 'hidden' });
  });

  await step('the insights page has real figures, in every kind of theme', async () => {
    await workbench.runCommand('Slipstream: Show Insights');
    const page = workbench.webview();
    await page.locator('h1').filter({ hasText: 'Insights' }).waitFor();
    const figure = async (name: string) =>
      Number(await page.locator('dl div').filter({ hasText: name }).locator('dd').first().textContent());
    assert.ok((await figure('tokens a second')) > 0);
    assert.ok((await figure('without drafts')) > 0);
    const row = page.locator('tr').filter({ hasText: 'accepted whole' }).locator('td');
    assert.ok(Number(await row.textContent()) >= 3);
    assert.ok((await page.locator('pre span.d').count()) > 0, 'a token is marked by its draft');
    assert.equal(await page.locator('script').count(), 0);
    await workbench.screenshot('insights-dark');
    for (const theme of ['Default Light Modern', 'Default High Contrast']) {
      await workbench.wearTheme(theme);
      await workbench.screenshot(`insights-${theme.replaceAll(' ', '-')}`);
    }
    await page.locator('pre').first().scrollIntoViewIfNeeded();
    await workbench.screenshot('insights-made');
    await workbench.wearTheme('Default Dark Modern');
  });

  await step(
    'the benchmark of a file shows every draft that is used and that the text is the same',
    async () => {
      await workbench.openFile(typescript.name);
      await workbench.runCommand('Slipstream: Benchmark This File');
      const page = workbench.webview();
      await page.locator('h1').filter({ hasText: 'benchmark of' }).waitFor();
      const text = (await page.locator('main').textContent()) ?? '';
      for (const policy of ['none', 'fixed:suffix', 'fixed:lookup', 'trained'])
        assert.ok(text.includes(policy), text);
      assert.equal(text.match(/fixed:(?!suffix|lookup)/), null, text);
      assert.match(text, /The text was the same in all \d+ places/);
      await workbench.screenshot('benchmark');
    },
  );

  await step('the sample file of the walkthrough shows a suggestion at once', async () => {
    await workbench.runCommand('Slipstream: Try It in a Sample File');
    await workbench.waitForGhostText();
    await workbench.screenshot('sample');
    await workbench.runCommand('Welcome: Open Walkthrough');
    await workbench.listRow('Get Started with Slipstream').click();
    const step = workbench.page
      .locator('.getting-started-step')
      .filter({ hasText: 'Type, and grey text appears' });
    await step.waitFor();
    await pause(1_500);
    await workbench.screenshot('walkthrough');
  });

  await step(
    'a minute of random work loses nothing (a slice of `npm run load -- --editor`)',
    async (inner) => {
      if (process.platform !== 'linux') return inner.skip('what processes take is read of /proc');
      const result = await loadEditor({
        ...{ server, probe, workbench },
        ...{ minutes: 1, seed: 11, pauseSeconds: 0.2, lookSeconds: 5 },
      });
      const told = JSON.stringify(result, null, 1);
      assert.deepEqual(
        [result.failed, result.workerEnds, result.workers, result.rejections],
        [0, 0, 1, []],
        told,
      );
      // The hands did what they were told, and suggestions were shown.
      const shown = Object.keys(result.outcomes).some((name) => name.startsWith('shown'));
      assert.ok(shown && result.mishaps.length <= 2, told);
      assert.ok(
        result.looks.every(({ workerMiB, hostMiB }) => workerMiB > 20 && hostMiB > 20),
        told,
      );
      // Open files come and go with what is watched and sent; a leak of one a request would be dozens.
      const last = result.looks.at(-1)!;
      assert.ok(last.workerFiles < 60 && last.hostFiles < 120, told);
    },
  );

  await step('no notification has come up', async () => {
    assert.deepEqual(await workbench.toasts(), []);
  });
});

/** What was seen is in the file, right where it was seen; at most it had grown between the look and the key. */
function assertAccepted(saved: string, before: string, seen: string): void {
  assert.equal(saved.slice(0, before.length), before);
  assert.equal(saved.slice(before.length).slice(0, seen.length), seen);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
