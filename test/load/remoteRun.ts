// Sends requests to a server that fails as servers do, and says what came of them.
// usage: npm run load:server -- [COUNT] [SEED]
import { machineOf } from '../../src/measure/machine.ts';
import { loadWithFaults } from './remote.ts';
import { reportOf } from './remoteReport.ts';

/** A server is to be free so many milliseconds after a request was given up. */
const FREE_WITHIN = 100;

const [count = 1000, seed = 1] = process.argv.slice(2).map(Number);
const started = performance.now();
loadWithFaults(count, seed).then((load) => {
  const report = reportOf(load, count);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  console.log(JSON.stringify({ machine: machineOf(), count, seed, ...report, seconds }, null, 1));
  const { lost, doubled, wrong, busy, freed } = report;
  if (lost + doubled + wrong + busy > 0 || freed.max > FREE_WITHIN) process.exitCode = 1;
});
