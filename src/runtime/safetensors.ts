import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { causeOf, UserError } from '../errors.ts';

/** One tensor of a file; `bytes` are little-endian values in row order. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Bare weights are those of small drafts: hundreds of times less. */
const MOST_BYTES = 2 ** 30;

const header = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.string(),
      shape: z.array(z.int().min(0)),
      data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
    }),
    // `__metadata__`: text of any kind.
    z.record(z.string(), z.string()),
  ]),
);

/**
 * The tensors of a safetensors file: eight bytes with the length of a JSON header, the header, the data.
 * @throws UserError `model-broken`.
 */
export async function readSafetensors(file: string): Promise<Map<string, StoredTensor>> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, too many for a small draft`);
    const all = await readFile(file);
    const start = 8 + Number(all.readBigUInt64LE(0));
    if (start > all.length) throw new Error('it ends before its header does');
    const tensors = new Map<string, StoredTensor>();
    for (const [name, entry] of Object.entries(header.parse(JSON.parse(all.toString('utf8', 8, start))))) {
      if (typeof entry.data_offsets !== 'object') continue;
      const { dtype, shape, data_offsets } = entry as Extract<typeof entry, { shape: number[] }>;
      const [from, to] = data_offsets;
      if (from > to || start + to > all.length) throw new Error(`it ends before ${name} does`);
      tensors.set(name, { dtype, shape, bytes: all.subarray(start + from, start + to) });
    }
    return tensors;
  } catch (error) {
    throw new UserError(
      'model-broken',
      `${file} cannot be loaded (${causeOf(error)}). It may be truncated: copy the model again.`,
      { cause: error },
    );
  }
}
