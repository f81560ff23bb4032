import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { isOnlineState, newOnlineState, type OnlineState } from '../engine/policy/online.ts';
import { causeOf } from '../errors.ts';
import { writeWhole } from './wholeFile.ts';

/** Changes when the numbers mean something else. */
const VERSION = 1;

const learntSchema = z.object({
  version: z.literal(VERSION),
  shifts: z.array(z.number()),
  weights: z.array(z.number()),
  worth: z.array(z.number()),
});

/** Where what a policy learns in one workspace is kept: numbers only. */
export class LearntFile {
  private readonly file: string;

  constructor(
    folder: string,
    private readonly log: (line: string) => void,
  ) {
    this.file = path.join(folder, 'learnt.json');
  }

  /** What was learnt before; nothing where there is no file, or one that cannot be used. */
  async read(): Promise<OnlineState> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch {
      return newOnlineState();
    }
    try {
      const { version: _, ...numbers } = learntSchema.parse(JSON.parse(text));
      if (isOnlineState(numbers)) {
        const { shifts, weights, worth } = numbers;
        return {
          shifts: Float64Array.from(shifts),
          weights: Float64Array.from(weights),
          worth: Float64Array.from(worth),
        };
      }
      this.log(`${this.file} is of another version; learning begins anew.`);
    } catch (error) {
      this.log(`${this.file} cannot be used (${causeOf(error)}); learning begins anew.`);
    }
    return newOnlineState();
  }

  /** Keep what is learnt. A failure is logged: the policy works on without. */
  async write({ shifts, weights, worth }: OnlineState): Promise<void> {
    const numbers = (values: Float64Array) => Array.from(values, (value) => Number(value.toFixed(5)));
    const state = { shifts: numbers(shifts), weights: numbers(weights), worth: numbers(worth) };
    const text = JSON.stringify({ version: VERSION, ...state });
    try {
      await writeWhole(this.file, `${text}\n`);
    } catch (error) {
      this.log(`What was learnt could not be kept in ${this.file} (${causeOf(error)}).`);
    }
  }
}
