import { bits } from './bits.ts';
import { edit, engine, engine88m, engineOwnFile, languages, speed } from './decoding.ts';
import { memorySpeed, quality, qualityByLanguage } from './quality.ts';
import { keystrokes, overhead, peers } from './times.ts';

/** By document and mark: what makes the table between the marks. */
export const SECTIONS: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': { speed },
  'bench/README.md': {
    engine,
    languages,
    'engine own file': engineOwnFile,
    edit,
    bits,
    quality,
    'quality by language': qualityByLanguage,
    'memory speed': memorySpeed,
    overhead,
    keystrokes,
    peers,
    'engine 88m': engine88m,
  },
};
