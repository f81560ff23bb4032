import { proxiedFetch } from '../../src/network/proxiedFetch.ts';
import { completeThere, type RemoteEnd } from '../../src/remote/remote.ts';
import { type Server, serverOf } from '../../src/remote/server.ts';
import { openCompletionServer, type ServerFault } from '../toy/completionServer.ts';
import { Random } from '../toy/random.ts';

/** What was done with a request, and what came of it. */
export interface FaultyRequest {
  readonly id: number;
  /** What the server does with the first attempt, the second, and so on; what is left out is answered. */
  readonly faults: readonly ServerFault[];
  /** Pieces after which the request is given up; undefined for one that is not. */
  readonly givenUpAfter: number | undefined;
  /** The text that the server has for it. */
  readonly wanted: string;
  /** What was handed over, in order. */
  readonly handed: string;
  readonly end: RemoteEnd;
  /** Times that the server was asked. */
  readonly asked: number;
  /** Milliseconds from giving it up until the server knew; undefined where it wrote nothing then. */
  readonly freedAfter: number | undefined;
}

/** What became of many requests. */
export interface FaultyLoad {
  readonly requests: readonly FaultyRequest[];
  /** Answers that the server still writes when all is over: nobody would read them. */
  readonly busy: number;
}

const MALFORMED = ['data: {"choices":\n\n', 'data: {"a":1}\n\n', 'data: {"error":{}}\n\n'];
/** Requests that run at once. */
const AT_ONCE = 24;
const KEY = 'key-that-nobody-may-see';

/**
 * Send requests to a server that fails as servers do, by a seed: refusals with and without a time to wait, connections that are
 * cut before or in an answer, answers that hang, malformed events, pages of other kinds; and give some up on the way.
 */
export async function loadWithFaults(count: number, seed: number): Promise<FaultyLoad> {
  const random = new Random(seed);
  const plans = Array.from({ length: count }, (_, id) => planOf(id, random));
  const asked = new Map<number, number>();
  const planFor = (body: Record<string, unknown>) =>
    plans[Number(/request (\d+)/.exec(String(body.prompt))?.[1])]!;
  const server = await openCompletionServer({
    answer: (body) => planFor(body).pieces,
    fault: (body, attempt) => {
      const plan = planFor(body);
      asked.set(plan.id, attempt);
      return plan.faults[attempt - 1];
    },
    // As long as it takes to give a request up while it is answered.
    pause: 1,
  });
  const named = serverOf({
    ...{ url: server.url, model: 'toy', key: KEY },
    ...{ fim: 'prefix', context: 8192, timeout: 60_000 },
  });
  const fetch = proxiedFetch('direct');
  const requests: Asked[] = [];
  const left = [...plans];
  const worker = async () => {
    for (let plan = left.shift(); plan; plan = left.shift()) {
      requests.push(await ask(plan, named, fetch, () => asked.get(plan!.id) ?? 0));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await server.idle();
    const freedAfter = ({ id, givenUpAt }: Asked) => {
      const of = ({ body }: { readonly body: Record<string, unknown> }) =>
        String(body.prompt).includes(`request ${id}\n`);
      const freed = server.requests.filter(of).at(-1)?.freed;
      // One that a fault had ended before was free already.
      return givenUpAt !== undefined && freed !== undefined && freed >= givenUpAt
        ? freed - givenUpAt
        : undefined;
    };
    return {
      requests: requests.map((each) => ({ ...each, freedAfter: freedAfter(each) })),
      busy: server.busy,
    };
  } finally {
    await server.close();
  }
}

/** As the client knows it: when it gave it up, on the clock of `performance.now`. */
type Asked = Omit<FaultyRequest, 'freedAfter'> & { readonly givenUpAt: number | undefined };

type Plan = Pick<FaultyRequest, 'id' | 'faults' | 'givenUpAfter'> & { readonly pieces: readonly string[] };

async function ask(
  { id, faults, givenUpAfter, pieces }: Plan,
  server: Server,
  fetch: ReturnType<typeof proxiedFetch>,
  asked: () => number,
): Promise<Asked> {
  const given = new AbortController();
  let givenUpAt: number | undefined;
  const giveUp = () => {
    givenUpAt = performance.now();
    given.abort();
  };
  let handed = '';
  let count = 0;
  const patient = { ...server, limits: limitsOf(faults) };
  if (givenUpAfter === 0) setImmediate(giveUp);
  const job = {
    path: `src/${id}.ts`,
    prefix: `// request ${id}\nconst value = `,
    suffix: '',
    singleLine: false,
    maxTokens: 64,
  };
  const end = await completeThere(patient, job, {
    fetch,
    signal: given.signal,
    random: () => 0,
    onText: (text) => {
      handed += text;
      if (++count === givenUpAfter) giveUp();
    },
  });
  return { id, faults, givenUpAfter, givenUpAt, wanted: pieces.join(''), handed, end, asked: asked() };
}

/** A server that hangs is given little time, and no other: a slow machine must not look like a slow server. */
function limitsOf(faults: readonly ServerFault[]): Server['limits'] {
  const hangs = faults.some(({ kind }) => kind === 'hang');
  const [fault] = faults;
  return { first: fault?.kind === 'hang' && fault.after === 0 ? 100 : 60_000, next: hangs ? 100 : 60_000 };
}

/** Half of all requests meet a fault, a tenth is given up. */
function planOf(id: number, random: Random): Plan {
  const pieces = Array.from(
    { length: random.int(1, 12) },
    (_, i) => ` piece${id}_${i}${i % 3 === 2 ? '\n' : ''}é`,
  );
  const faults: ServerFault[] = [];
  if (random.chance(0.03)) faults.push({ kind: 'hang', after: 0 });
  while (random.chance(0.5) && faults.length < 4) faults.push(faultOf(random, pieces.length));
  return { id, pieces, faults, givenUpAfter: random.chance(0.1) ? random.int(0, pieces.length) : undefined };
}

function faultOf(random: Random, pieces: number): ServerFault {
  const after = random.int(0, pieces - 1);
  switch (random.int(0, 9)) {
    case 0:
    case 1:
      return { kind: 'status', status: random.pick([500, 502, 504]) };
    case 2:
      return {
        kind: 'status',
        status: random.pick([429, 503]),
        headers: { 'retry-after': random.pick(['0', '30']) },
      };
    case 3:
      return { kind: 'status', status: random.pick([400, 401, 404]) };
    case 4:
      return { kind: 'status', status: 302, headers: { location: '/sign-in' } };
    case 5:
      return { kind: 'page', type: random.pick(['text/html', 'application/json', 'text/event-streams']) };
    case 6:
      return { kind: 'reset' };
    case 7:
      return { kind: 'hang', after: random.int(1, pieces) };
    case 8:
      return { kind: 'malformed', after, event: random.pick(MALFORMED) };
    default:
      return { kind: 'cut', after };
  }
}
