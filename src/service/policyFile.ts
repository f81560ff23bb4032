import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { POLICY_INPUTS, POLICY_OUTPUTS } from '../engine/policy/trained.ts';
import { messageOf, UserError } from '../errors.ts';
import { layerLength } from '../selection/network.ts';

export const POLICY_FORMAT = 'slipstream-policy';
/** Changes when the numbers that a policy looks at change: older files mean something else by them. */
export const POLICY_VERSION = 2;

const policySchema = z.object({
  format: z.literal(POLICY_FORMAT),
  version: z.number(),
  trainedOn: z.object({ requests: z.number(), model: z.string() }),
  /** Drafts that it was trained on. */
  arms: z.array(z.string()).readonly(),
  /** What a millisecond is worth, as a multiple of the rate that is reached. */
  price: z.number().min(0.1).max(10),
  network: z.object({
    sizes: z.array(z.number().int().min(1).max(1024)).min(2).max(6).readonly(),
    layers: z.array(z.array(z.number()).readonly()).readonly(),
  }),
});
export type PolicyFile = z.infer<typeof policySchema>;

/** Read and check a trained policy. @throws UserError `policy-broken` or `policy-version`. */
export async function readPolicyFile(file: string): Promise<PolicyFile> {
  const broken = (detail: string, cause?: unknown) =>
    new UserError('policy-broken', `The policy ${file} cannot be used (${detail}). Train it again.`, {
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw broken(messageOf(error), error);
  }
  const parsed = policySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw broken(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, parsed.error);
  }
  const policy = parsed.data;
  const { sizes, layers } = policy.network;
  if (policy.version !== POLICY_VERSION) {
    throw new UserError(
      'policy-version',
      `The policy ${file} was made for another version (${policy.version}, this one reads ${POLICY_VERSION}). Train it again.`,
    );
  }
  const ends = `from ${sizes[0]} numbers to ${sizes[sizes.length - 1]}`;
  const expected = `from ${POLICY_INPUTS} numbers to ${POLICY_OUTPUTS}`;
  if (ends !== expected) throw broken(`its network goes ${ends}, not ${expected}`);
  const right = sizes.slice(1).every((size, i) => layers[i]?.length === layerLength(sizes[i]!, size));
  if (layers.length !== sizes.length - 1 || !right)
    throw broken('its weights do not have the sizes it names');
  return policy;
}
