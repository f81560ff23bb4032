import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { Command } from 'commander';
import { addCommand, importCommand } from '../../../../../src/cli/commands/models/add.ts';
import {
  exportCommand,
  listCommand,
  removeCommand,
  verifyCommand,
} from '../../../../../src/cli/commands/models/keep.ts';
import { SUGGESTIONS } from '../../../../../src/models/curated.ts';
import { ggufBytes, toyGguf } from '../../../../toy/gguf.ts';
import {
  placeToy,
  refusal,
  TOY_GRAPH,
  toyModelFiles,
  toyStore,
  writeFiles,
} from '../../../models/toyStore.ts';

/** A store that the environment names, and what commands print. */
async function stand(context: TestContext) {
  const { place, store } = await toyStore(context);
  const before = process.env.SLIPSTREAM_MODELS;
  process.env.SLIPSTREAM_MODELS = store.folder;
  context.after(() => {
    process.exitCode = undefined;
    if (before === undefined) delete process.env.SLIPSTREAM_MODELS;
    else process.env.SLIPSTREAM_MODELS = before;
  });
  const printed: string[] = [];
  context.mock.method(console, 'log', (line: string) => void printed.push(line));
  context.mock.method(process.stderr, 'write', () => true);
  const run = async (command: Command, ...args: string[]): Promise<string> => {
    printed.length = 0;
    await command.exitOverride().parseAsync(args, { from: 'user' });
    return printed.join('\n');
  };
  return { place, store, run };
}

/** A small model that runs, as a GGUF file. */
function toyFile(place: string): string {
  const { facts, tensors } = toyGguf(1, { architecture: 'llama', kind: 'Q8_0', tied: true });
  const file = path.join(place, 'toy.gguf');
  writeFileSync(file, ggufBytes(facts, tensors));
  return file;
}

suite('slipstream models list', () => {
  test('says where there are none, and which are known to suit', async (context) => {
    const { store, run } = await stand(context);
    assert.equal(await run(listCommand()), `None in ${store.folder}.`);
    const suggested = await run(listCommand(), '--suggest');
    for (const { repository, file } of SUGGESTIONS)
      assert.ok(suggested.includes(`${repository} --file ${file}`));
  });

  test('has a line for each model, and the problem of one that cannot be used', async (context) => {
    const { store, run } = await stand(context);
    await placeToy(store, 'good');
    const bad = await placeToy(store, 'bad');
    rmSync(path.join(bad.folder, 'tokenizer.json'));
    const lines = (await run(listCommand())).split('\n');
    assert.match(lines.at(-2)!, /bad .*has no tokenizer\.json/);
    assert.match(lines.at(-1)!, /good .*1 MB .*target .*somewhere/);
    const { folder, models, suggestions } = JSON.parse(await run(listCommand(), '--json'));
    assert.deepEqual([folder, suggestions], [store.folder, []]);
    assert.deepEqual(
      models.map(({ name }: { name: string }) => name),
      ['bad', 'good'],
    );
  });
});

suite('slipstream models verify', () => {
  test('looks at all models, also behind one with a broken manifest, and fails if one is damaged', async (context) => {
    const { store, run } = await stand(context);
    for (const name of ['a', 'b', 'c']) await placeToy(store, name);
    assert.equal(await run(verifyCommand()), 'a: whole\nb: whole\nc: whole');
    assert.equal(process.exitCode, undefined);
    writeFileSync(path.join(store.folder, 'a', 'manifest.json'), '{');
    writeFileSync(path.join(store.folder, 'b', TOY_GRAPH), 'cut');
    const lines = (await run(verifyCommand())).split('\n');
    assert.match(lines[0]!, /^a: .*manifest\.json/);
    assert.match(lines[1]!, /^b: .*model_q8\.onnx is damaged/);
    assert.equal(lines[2], 'c: whole');
    assert.equal(process.exitCode, 1);
    assert.equal(await run(verifyCommand(), 'c'), 'c: whole');
    await assert.rejects(run(verifyCommand(), 'd'), refusal('unknown-model'));
  });
});

suite('slipstream models export, import and remove', () => {
  test('carry a model over in a file, and take it away', async (context) => {
    const { place, store, run } = await stand(context);
    await run(addCommand(), toyFile(place), '--name', 'mine');
    const file = path.join(place, 'carried.tar');
    assert.equal(await run(exportCommand(), 'mine', file), `${file}: 1 MB`);
    assert.equal(await run(removeCommand(), 'mine'), 'mine is removed.');
    await assert.rejects(run(removeCommand(), 'mine'), refusal('unknown-model'));
    assert.match(await run(importCommand(), file), /^carried: .* 1 MB in /);
    await run(importCommand(), file, '--name', 'again');
    assert.deepEqual(
      (await store.list()).map(({ name, problem }) => [name, problem]),
      [
        ['again', undefined],
        ['carried', undefined],
      ],
    );
  });

  test('do not take in a model that cannot run', async (context) => {
    const { place, store, run } = await stand(context);
    await placeToy(store, 'noise');
    const file = path.join(place, 'carried.tar');
    await run(exportCommand(), 'noise', file);
    await assert.rejects(run(importCommand(), file), { name: 'UserError' });
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['noise'],
    );
  });

  test('refuse what is no model, no archive, or cannot be written', async (context) => {
    const { place, store, run } = await stand(context);
    const { folder } = await placeToy(store, 'mine');
    await assert.rejects(
      run(exportCommand(), 'yours', path.join(place, 'a.tar')),
      refusal('unknown-model', /mine/),
    );
    await assert.rejects(
      run(exportCommand(), 'mine', folder),
      refusal('output-unwritable', /it is a folder/),
    );
    await assert.rejects(run(importCommand(), folder), refusal('archive-broken', /\.tar/));
    await assert.rejects(run(importCommand(), 'owner/name'), refusal('archive-broken', /\.tar/));
    await assert.rejects(run(importCommand(), path.join(place, 'none.tar')), refusal('unknown-source'));
  });
});

suite('slipstream models add', () => {
  test('converts a file and tries the model before it is there, telling how far it is', async (context) => {
    const { place, store, run } = await stand(context);
    const lines = (await run(addCommand(), toyFile(place), '--json'))
      .split('\n')
      .map((line) => JSON.parse(line));
    const { model } = lines.pop();
    assert.deepEqual([model.name, model.folder], ['toy', path.join(store.folder, 'toy')]);
    const percents = lines.map(({ percent }) => percent);
    assert.equal(percents.at(-1), 100);
    assert.deepEqual(
      percents,
      [...new Set(percents)].sort((a, b) => a - b),
    );
  });

  test('refuses a model that cannot run, and what is nothing', async (context) => {
    const { place, store, run } = await stand(context);
    const noise = await writeFiles(path.join(place, 'noise'), toyModelFiles);
    await assert.rejects(run(addCommand(), noise), { name: 'UserError' });
    assert.deepEqual(await store.list(), []);
    await assert.rejects(run(addCommand(), 'nothing'), refusal('unknown-source'));
    await assert.rejects(run(addCommand(), 'nothing', '--context', '1e3'), /whole number from 256 to 8192/);
  });
});
