import * as z from 'zod';
import { EVIDENCE_FEATURES } from '../engine/memory/evidence.ts';
import { causeOf, UserError } from '../errors.ts';
import { readJsonText } from '../runtime/readJson.ts';
import { layerLength } from '../selection/network.ts';

export const MEMORY_FORMAT = 'slipstream-memory';
/** Changes when the numbers that a memory looks at change: older files mean something else by them. */
export const MEMORY_VERSION = 1;

const memorySchema = z.object({
  format: z.literal(MEMORY_FORMAT),
  version: z.number(),
  trainedOn: z.object({ model: z.string(), places: z.number(), tokens: z.number() }),
  network: z.object({
    sizes: z.array(z.number().int().min(1).max(256)).min(2).max(4).readonly(),
    layers: z.array(z.array(z.number()).readonly()).readonly(),
  }),
});
export type MemoryFile = z.infer<typeof memorySchema>;

/** Read and check the weights of the workspace memory. @throws UserError `memory-broken` or `memory-version`. */
export async function readMemoryFile(file: string): Promise<MemoryFile> {
  const broken = (detail: string, cause?: unknown) =>
    new UserError('memory-broken', `The memory weights ${file} cannot be used (${detail}).`, { cause });
  const value = await readJsonText(file, 'memory-broken', (error) => broken(causeOf(error), error));
  const parsed = memorySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw broken(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, parsed.error);
  }
  const memory = parsed.data;
  if (memory.version !== MEMORY_VERSION) {
    throw new UserError(
      'memory-version',
      `The memory weights ${file} were made for another version (${memory.version}, this one reads ${MEMORY_VERSION}).`,
    );
  }
  const { sizes, layers } = memory.network;
  const ends = `from ${sizes[0]} numbers to ${sizes[sizes.length - 1]}`;
  if (ends !== `from ${EVIDENCE_FEATURES} numbers to 1`)
    throw broken(`its network goes ${ends}, not from ${EVIDENCE_FEATURES} numbers to 1`);
  const right = sizes.slice(1).every((size, i) => layers[i]?.length === layerLength(sizes[i]!, size));
  if (layers.length !== sizes.length - 1 || !right)
    throw broken('its weights do not have the sizes it names');
  return memory;
}
