import { bits } from './bits.ts';
import { edit, engine, engine88m, engineOwnFile, languages, speed } from './decoding.ts';
import { leaderboard } from './leaderboard.ts';
import { memorySpeed, quality, qualityByLanguage } from './quality.ts';
import { keystrokes, overhead, peers, peersBase } from './times.ts';

/** By document and mark: what makes the table between the marks. */
export const SECTIONS: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': { speed },
  'bench/README.md': { leaderboard },
  'bench/engine.md': { engine, languages, 'engine own file': engineOwnFile, edit },
  'bench/quality.md': {
    bits,
    quality,
    'quality by language': qualityByLanguage,
    'memory speed': memorySpeed,
  },
  'bench/latency.md': { keystrokes, overhead },
  'bench/peers.md': { peers, 'peers base': peersBase },
  'bench/history/2026-11-24-larger-targets.md': { 'engine 88m': engine88m },
};
