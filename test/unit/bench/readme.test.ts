import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SECTIONS } from '../../../bench/readme/sections.ts';
import { refreshSection, sectionOf } from '../../../scripts/section.ts';
import { root } from '../../toy/bundled.ts';

/** The formatter may widen columns. */
const cells = (table: string) => table.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');

describe('tables of measured figures', () => {
  for (const [file, sections] of Object.entries(SECTIONS)) {
    const document = readFileSync(path.join(root, file), 'utf8');
    for (const [mark, made] of Object.entries(sections)) {
      test(`${file}, «${mark}», is that of the committed result`, () => {
        const section = sectionOf(document, mark);
        assert.ok(section !== undefined, `${file} has no marks «${mark}»`);
        assert.equal(
          cells(section),
          cells(made()),
          'run `node --import tsx bench/readme.ts && npm run format`',
        );
      });
    }
  }

  test('are put between their marks, and what stands around them stays', () => {
    const document = 'before\n<!-- a -->\nold\n<!-- /a -->\nafter\n';
    const fresh = refreshSection(document, 'a', 'new');
    assert.equal(fresh, 'before\n<!-- a -->\n\nnew\n\n<!-- /a -->\nafter\n');
    assert.equal(sectionOf(fresh, 'a'), 'new');
    assert.equal(sectionOf(fresh, 'b'), undefined);
    assert.match(refreshSection('bare', 'b', 'new'), /^bare\n\n<!-- b -->/);
  });
});
