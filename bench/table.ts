/**
 * Prints a result of `slipstream bench --json` as the table that `slipstream bench` prints.
 *
 *   node --import tsx bench/table.ts bench/results/engine.json
 */
import { readFileSync } from 'node:fs';
import { type ArmReport, table } from '../src/measure/report.ts';

const file = process.argv[2];
if (!file) throw new Error('Name a result file.');
const { arms } = JSON.parse(readFileSync(file, 'utf8')) as { arms: Record<string, ArmReport> };
console.log(table(arms));
