// This folder: properties that hold for whatever comes in, tried on cases that chance makes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc, { type IRawProperty } from 'fast-check';
import { UserError } from '../../src/errors.ts';
import { Exclusion } from '../../src/files/exclusion.ts';
import { readPolicyFile } from '../../src/inference/policyFile.ts';
import { field, productGraph } from '../../src/runtime/graphBytes.ts';
import { scanGraph } from '../../src/runtime/graphScan.ts';
import { openModelFolder } from '../../src/runtime/modelFolder.ts';
import { readSafetensors } from '../../src/runtime/safetensors.ts';
import { secretsIn, withoutSecrets } from '../../src/secrets/scan.ts';
import { contextAt, maxPrefix, maxSuffix } from '../../src/suggestion/context.ts';
import { decide } from '../../src/suggestion/decide.ts';
import { plainSyntax } from '../../src/suggestion/plainSyntax.ts';
import { check } from '../../src/worker/check.ts';
import { NOTICES, QUESTIONS, REPORTS, WORK } from '../../src/worker/protocol.ts';
import { bundledTokenizer, models } from '../toy/bundled.ts';
import { damaged, language, mutated, text } from './texts.ts';

/** Slow ones have a smaller share of the cases. */
export interface Property {
  readonly name: string;
  readonly share: number;
  readonly property: () => Promise<IRawProperty<unknown>> | IRawProperty<unknown>;
}

const hold = (is: boolean, what: string) => {
  if (!is) throw new Error(what);
};

/** Only a failure that says what is wrong is one that was foreseen. */
async function refusedOr(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

const origin = { uri: 'file:///a', path: 'a', version: 1, tabSize: 2 };
const place = fc.tuple(text, fc.nat(), language, fc.nat(11)).map(([whole, at, id, long]) => {
  const all = long === 0 ? whole.padEnd(20_000, 'lorem ipsum ') + whole : whole;
  const offset = at % (all.length + 1);
  const document = { length: all.length, slice: (from: number, to: number) => all.slice(from, to) };
  return { all, id, context: contextAt(document, offset, { ...origin, language: id }) };
});
/** As UTF-8 has it: half a character is a sign of its own that says so. */
const whole = (value: string) => Buffer.from(value, 'utf8').toString('utf8');
const halves = (value: string) => whole(value) !== value;

const schemas = [
  ...Object.values(NOTICES),
  ...Object.values(REPORTS),
  ...[...Object.values(QUESTIONS), ...Object.values(WORK)].flatMap(({ params, answer }) => [params, answer]),
];
const message = {
  ...{ kind: 'complete', path: 'a', language: 'b', prefix: 'c', suffix: 'd', singleLine: true, maxTokens: 4 },
  ...{
    job: { kind: 'complete', maxTokens: 9 },
    progress: '1',
    files: [{ path: 'a', text: null }],
    paths: ['a'],
  },
  ...{
    model: '',
    pool: ['a'],
    policy: 'rule',
    threads: 1,
    verdict: 'good',
    drafts: { a: 1 },
    resting: true,
    part: 'model',
  },
};

const scratch = mkdtempSync(path.join(os.tmpdir(), 'slipstream-fuzz-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const written = (name: string, content: string | Uint8Array) => {
  const file = path.join(scratch, name);
  writeFileSync(file, content);
  return file;
};

export const properties: readonly Property[] = [
  {
    name: 'messages: taken or refused in a sentence',
    share: 4,
    property: () =>
      fc.asyncProperty(mutated(message), fc.nat(schemas.length - 1), (raw, at) =>
        refusedOr(() => check(schemas[at]!, raw)),
      ),
  },
  {
    name: 'context: within its bounds, line ends as one sign, no half character that was whole',
    share: 4,
    property: () =>
      fc.property(place, ({ all, context: { prefix, suffix, linePrefix, lineSuffix, start, offset } }) => {
        hold(prefix.length <= maxPrefix + 1 && suffix.length <= maxSuffix, 'it is too long');
        hold(!/\r/.test(prefix + suffix) && !/\n/.test(linePrefix + lineSuffix), 'it holds a line end');
        hold(prefix.endsWith(linePrefix) && suffix.startsWith(lineSuffix), 'it has another line');
        hold(start <= offset && offset <= all.length, 'it lies elsewhere');
        if (!halves(all) && !halves(all.slice(0, offset)))
          hold(!halves(prefix) && !halves(suffix), 'it has half a character');
      }),
  },
  {
    name: 'suggestions: a named end, an edit of the own line, nothing lost of the text before the cursor',
    share: 4,
    property: () =>
      fc.property(place, text, fc.boolean(), ({ id, context }, written, singleLine) => {
        const decision = decide(context, { text: written, finish: 'stop', singleLine }, plainSyntax(id));
        if (decision.type === 'dropped') return hold(decision.reason !== '', 'it has no reason');
        const { insertText, before, after } = decision.item;
        hold(before === context.linePrefix.length, 'it begins elsewhere than the line');
        hold(insertText.startsWith(context.linePrefix), 'it changes what stands before the cursor');
        hold(after >= 0 && after <= context.lineSuffix.length, 'it takes more than the line');
        // A bracket behind the cursor may be moved to a line of its own.
        if (singleLine) hold(!decision.text.includes('\n'), 'it has more lines than it may');
      }),
  },
  {
    name: 'secrets: spans in order, and nothing is left to take out of what is left',
    share: 2,
    property: () =>
      fc.property(text, (given) => {
        let last = 0;
        for (const { start, end } of secretsIn(given)) {
          hold(start >= last && end > start && end <= given.length, 'a span is out of order');
          last = end;
        }
        hold(withoutSecrets(given).length <= given.length, 'it grew');
      }),
  },
  {
    name: 'names of secrets: excluded below any folder',
    share: 1,
    property: () =>
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 4 }),
        fc.constantFrom(
          '.env',
          '.env.local',
          'a.pem',
          'b.KEY',
          'id_work',
          '.npmrc',
          '.netrc',
          'secrets/a.txt',
        ),
        (folders, name) =>
          hold(Exclusion.withSecrets([]).excludes([...folders, name].join('/')), 'it may be read'),
      ),
  },
  {
    name: 'tokenizer: tokens of every text, which give back the text',
    share: 3,
    property: async () => {
      const tokenizer = await bundledTokenizer();
      return fc.property(text, (given) => {
        const tokens = tokenizer.encode(given);
        hold(
          tokens.every((token) => Number.isInteger(token) && token >= 0),
          'a token is none',
        );
        const bytes = Buffer.concat(tokens.map((token) => tokenizer.vocabulary.bytes(token)));
        hold(bytes.toString('utf8') === whole(given), 'it gives back another text');
      });
    },
  },
  {
    name: 'policy files: read or refused in a sentence',
    share: 0.2,
    property: () => {
      const policy: unknown = JSON.parse(readFileSync(path.join(models, 'policy/policy.json'), 'utf8'));
      return fc.asyncProperty(mutated(policy), (value) =>
        refusedOr(() => readPolicyFile(written('policy.json', JSON.stringify(value)))),
      );
    },
  },
  {
    name: 'model folders: read or refused in a sentence',
    share: 0.5,
    property: () => {
      const config = { vocab_size: 8, max_position_embeddings: 64, hidden_size: 8, eos_token_id: [1] };
      const card = {
        role: 'target',
        prompt: { order: 'prefix', header: '' },
        tasks: ['complete'],
        languages: [],
      };
      for (const name of ['tokenizer.json', 'tokenizer_config.json', 'model.onnx']) written(name, '{}');
      return fc.asyncProperty(mutated(config), mutated(card), async (one, other) => {
        written('config.json', JSON.stringify(one));
        written('slipstream.json', JSON.stringify(other));
        await refusedOr(() => openModelFolder(scratch));
      });
    },
  },
  {
    name: 'weights: read or refused in a sentence',
    share: 0.5,
    property: () => {
      const head = Buffer.from(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"b":"c"}}',
      );
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(head.length));
      const whole = Buffer.concat([length, head, Buffer.alloc(8)]);
      return fc.asyncProperty(damaged(whole), (bytes) =>
        refusedOr(() => readSafetensors(written('w.safetensors', bytes))),
      );
    },
  },
  {
    name: 'graphs: names of weights are found or the graph is refused, without an end in any case',
    share: 2,
    property: () => {
      const tensor = field(5, field(13, field(1, 'location'), field(2, 'w')));
      const whole = Buffer.concat([productGraph('MatMul', 'float', 'float', 'float'), field(7, tensor)]);
      return fc.property(damaged(whole), (bytes) => {
        try {
          scanGraph(bytes);
        } catch (error) {
          hold(/^it /.test((error as Error).message), String(error));
        }
      });
    },
  },
];
