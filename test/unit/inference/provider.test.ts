import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openOnProvider } from '../../../src/inference/provider.ts';
import { offeredProviders, type Provider, type ProviderWish } from '../../../src/runtime/providers.ts';

interface Machine {
  /** Milliseconds of an answer on each provider that works. */
  readonly millis: Partial<Record<Provider, number>>;
  readonly offered?: readonly { name: string; bundled: boolean }[];
  readonly withoutDrafts?: readonly Provider[];
}

const offered = [
  { name: 'cpu', bundled: true },
  { name: 'webgpu', bundled: true },
  { name: 'dml', bundled: true },
  { name: 'cuda', bundled: false },
  { name: 'tensorrt', bundled: false },
];

/** Opens a target on a made-up machine, and tells what was tried and freed. */
async function open(wish: ProviderWish, machine: Machine) {
  const tried: Provider[] = [];
  const freed: Provider[] = [];
  const result = await openOnProvider<Provider>(
    wish,
    () => offeredProviders({ listSupportedBackends: () => [...(machine.offered ?? offered)] }),
    {
      open: async (provider) => {
        tried.push(provider);
        if (machine.millis[provider] === undefined) throw new Error(`no adapter for ${provider}.\nat x`);
        return provider;
      },
      millis: (provider) => machine.millis[provider]!,
      drafts: (provider) => !machine.withoutDrafts?.includes(provider),
      dispose: async (provider) => void freed.push(provider),
    },
  );
  assert.equal(result.opened, result.provider);
  return { provider: result.provider, problems: result.problems, tried, freed };
}

describe('what a target runs on', () => {
  test('is the processor where it was asked for, and nothing else is touched', async () => {
    const { tried, ...rest } = await open('cpu', { millis: { cpu: 100, webgpu: 1 } });
    assert.deepEqual(tried, ['cpu']);
    assert.deepEqual(rest, { provider: 'cpu', problems: [], freed: [] });
  });

  test('is what was named, where that works', async () => {
    assert.deepEqual(await open('cuda', { millis: { cpu: 1, cuda: 100 } }), {
      provider: 'cuda',
      problems: [],
      tried: ['cuda'],
      freed: [],
    });
  });

  test('is the processor in place of what does not work, which is told with the reason', async () => {
    const failing = await open('webgpu', { millis: { cpu: 100 } });
    assert.deepEqual([failing.provider, failing.tried], ['cpu', ['webgpu', 'cpu']]);
    assert.deepEqual(failing.problems, [
      '«webgpu» cannot be used here (no adapter for webgpu). The processor is used.',
    ]);
    const lacking = await open('coreml', { millis: { cpu: 100, coreml: 1 } });
    assert.deepEqual([lacking.provider, lacking.tried], ['cpu', ['cpu']]);
    assert.match(lacking.problems[0]!, /has cpu, webgpu, cuda, dml\)/);
  });

  test('is with auto the quickest of what the runtime brings along, and the others are freed', async () => {
    const quick = await open('auto', { millis: { cpu: 100, webgpu: 60, dml: 30, cuda: 1 } });
    assert.deepEqual(quick, {
      provider: 'dml',
      problems: [],
      tried: ['cpu', 'webgpu', 'dml'],
      freed: ['cpu', 'webgpu'],
    });
    const slow = await open('auto', { millis: { cpu: 100, webgpu: 95 } });
    assert.deepEqual([slow.provider, slow.freed], ['cpu', ['webgpu']]);
    const none = await open('auto', { millis: { cpu: 100 } });
    assert.deepEqual([none.provider, none.problems, none.freed], ['cpu', [], []]);
  });

  test('is with auto nothing on which drafts are off', async () => {
    const odd = await open('auto', { millis: { cpu: 100, webgpu: 10 }, withoutDrafts: ['webgpu'] });
    assert.deepEqual([odd.provider, odd.freed], ['cpu', ['webgpu']]);
  });

  test('is told when not even the processor can run it', async () => {
    for (const wish of ['cpu', 'auto', 'webgpu'] as const) {
      await assert.rejects(open(wish, { millis: {} }), /no adapter for cpu/);
    }
  });
});
