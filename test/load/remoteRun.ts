// Sends requests to a server that fails as servers do, and says what came of them.
// usage: npm run load:server -- [COUNT] [SEED]
import { loadWithFaults } from './remote.ts';

const [count = 1000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
loadWithFaults(count, seed).then(({ requests, busy }) => {
  const ends: Record<string, number> = {};
  for (const { end } of requests) {
    const name = end.type === 'failed' ? `${end.failure.reason}${end.begun ? ' (begun)' : ''}` : end.type;
    ends[name] = (ends[name] ?? 0) + 1;
  }
  const attempts = requests.reduce((sum, { asked }) => sum + asked, 0);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  console.log(JSON.stringify({ count, seed, attempts, ends, busy, seconds }, null, 1));
});
