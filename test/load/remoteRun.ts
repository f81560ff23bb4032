// Sends requests to a server that fails as servers do, and says what came of them.
// usage: npm run load:server -- [COUNT] [SEED]
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { machineOf } from '../../src/measure/machine.ts';
import { loadWithFaults } from './remote.ts';
import { reportOf } from './remoteReport.ts';

/** A server is to be free so many milliseconds after a request was given up. */
const FREE_WITHIN = 100;

const [count = 1000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
loadWithFaults(count, seed).then((load) => {
  const report = reportOf(load, count);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  // Both sides and all requests share one thread: what it stalled says how much of `freed` may be the machine's.
  const stalled = { p99: Math.round(delay.percentile(99) / 1e6), max: Math.round(delay.max / 1e6) };
  console.log(JSON.stringify({ machine: machineOf(), count, seed, ...report, stalled, seconds }, null, 1));
  const { lost, doubled, wrong, busy, freed } = report;
  if (lost + doubled + wrong + busy > 0 || freed.max > FREE_WITHIN) process.exitCode = 1;
});
