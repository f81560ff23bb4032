import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../src/suggestion/decide.ts';
import type { Finish } from '../../../src/suggestion/finish.ts';
import { syntaxOf } from '../../../src/syntax/load.ts';
import { accepted, drawn } from './drawing.ts';

/** One case: a document, what the model wrote, and the document after the suggestion was accepted. */
export interface Golden {
  readonly name: string;
  readonly document: string;
  readonly text: string;
  /** The document afterwards, or the name of the refusal. */
  readonly expected: string | { readonly drop: string };
  readonly language?: string;
  readonly singleLine?: boolean;
  readonly finish?: Finish;
}

/** What becomes of a document when the model writes a text at its cursor. */
async function outcomeOf(golden: Omit<Golden, 'name' | 'expected'>): Promise<Golden['expected']> {
  const context = drawn(golden.document, { language: golden.language ?? 'typescript' });
  const decision = decide(
    context,
    { text: golden.text, singleLine: golden.singleLine ?? false, finish: golden.finish ?? 'stop' },
    await syntaxOf(context.language),
  );
  return decision.type === 'offered' ? accepted(golden.document, decision.item) : { drop: decision.reason };
}

/** A test for each case, named after its group. */
export function testGoldens(group: string, goldens: readonly Golden[]): void {
  for (const golden of goldens) {
    test(`${group}: ${golden.name}`, async () => {
      assert.deepEqual(await outcomeOf(golden), golden.expected);
    });
  }
}

/** The same case in several languages: the language, the document, the text and what comes of it. */
export type Row = readonly [language: string, document: string, text: string, expected: Golden['expected']];

/** A test for each row. */
export function testRows(group: string, rows: readonly Row[]): void {
  testGoldens(
    group,
    rows.map(([language, document, text, expected]) => ({
      name: `${language} ${JSON.stringify(document.length > 60 ? `…${document.slice(-60)}` : document)}`,
      language,
      document,
      text,
      expected,
    })),
  );
}

/** The document with the whole text at its cursor. */
export function whole(document: string, text: string): string {
  return document.replace('█', () => `${text}█`);
}
