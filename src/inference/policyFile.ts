import * as z from 'zod';
import { FEATURES_BEFORE } from '../engine/policy/layout.ts';
import { GUESS_PLACES } from '../engine/policy/planner.ts';
import { requestInputs } from '../engine/policy/requestFeatures.ts';
import { POLICY_INPUTS, POLICY_OUTPUTS } from '../engine/policy/trained.ts';
import { causeOf, UserError } from '../errors.ts';
import { readJsonText } from '../runtime/readJson.ts';
import { layerLength, widened } from '../selection/network.ts';

export const POLICY_FORMAT = 'slipstream-policy';
/** Changes when the numbers that a policy looks at change: older files mean something else by them. */
export const POLICY_VERSION = 2;

const about = {
  format: z.literal(POLICY_FORMAT),
  version: z.number(),
  trainedOn: z.object({
    requests: z.number(),
    model: z.string(),
    /** Of a policy that was tuned for one model: what this is known by (`tunedPolicy.ts`). */
    identity: z.string().optional(),
  }),
};
const network = z.object({
  sizes: z.array(z.number().int().min(1).max(1024)).min(2).max(6).readonly(),
  layers: z.array(z.array(z.number()).readonly()).readonly(),
});

/** Chooses in every round: the product's own method, see trained.ts. */
const roundPolicy = z.object({
  ...about,
  method: z.literal('round'),
  /** Drafts that it was trained on. */
  arms: z.array(z.string()).readonly(),
  /** Those of them that cost time: it can do without them. */
  timed: z.array(z.string()).readonly().optional(),
  /** What a millisecond is worth, as a multiple of the rate that is reached. */
  price: z.number().min(0.1).max(10),
  network,
});

/** Chooses once a request, see perRequest.ts. */
const requestPolicy = z.object({
  ...about,
  method: z.literal('request'),
  actions: z
    .array(z.object({ draft: z.string(), length: z.number().int().min(1).max(64) }))
    .min(1)
    .readonly(),
  languages: z.array(z.string()).readonly(),
  network,
});

const policySchema = z.discriminatedUnion('method', [roundPolicy, requestPolicy]);
export type PolicyFile = z.infer<typeof policySchema>;

/** What a file of any version says. */
const anyPolicy = z.object({ format: z.literal(POLICY_FORMAT), version: z.number() });

/** Inputs and outputs that the network of a policy has. */
function endsOf(policy: PolicyFile): readonly [number, number] {
  if (policy.method === 'round') return [POLICY_INPUTS, POLICY_OUTPUTS];
  return [requestInputs(policy.languages.length), policy.actions.length];
}

/** Read and check a trained policy. @throws UserError `policy-broken` or `policy-version`. */
export async function readPolicyFile(file: string): Promise<PolicyFile> {
  const broken = (detail: string, cause?: unknown) =>
    new UserError('policy-broken', `The policy ${file} cannot be used (${detail}). Train it again.`, {
      cause,
    });
  const value = await readJsonText(file, 'policy-broken', (error) => broken(causeOf(error), error));
  const checked = <T>(schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw broken(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, parsed.error);
  };
  // The version comes first: what else stands there depends on it.
  const { version } = checked(anyPolicy);
  if (version !== POLICY_VERSION) {
    throw new UserError(
      'policy-version',
      `The policy ${file} was made for another version (${version}, this one reads ${POLICY_VERSION}). Train it again.`,
    );
  }
  const policy = checked(policySchema);
  const { sizes, layers } = policy.network;
  // One that was made before drafts that cost time were heard knows nothing of them, and asks none.
  const before =
    policy.method === 'round' && sizes[0] === FEATURES_BEFORE && sizes.at(-1) === GUESS_PLACES.length;
  const [inputs, outputs] = before ? [FEATURES_BEFORE, GUESS_PLACES.length] : endsOf(policy);
  const ends = `from ${sizes[0]} numbers to ${sizes[sizes.length - 1]}`;
  const expected = `from ${inputs} numbers to ${outputs}`;
  if (ends !== expected) throw broken(`its network goes ${ends}, not ${expected}`);
  const right = sizes.slice(1).every((size, i) => layers[i]?.length === layerLength(sizes[i]!, size));
  if (layers.length !== sizes.length - 1 || !right)
    throw broken('its weights do not have the sizes it names');
  return before ? { ...policy, network: widened(policy.network, POLICY_INPUTS, POLICY_OUTPUTS) } : policy;
}
