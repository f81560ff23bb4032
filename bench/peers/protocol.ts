/** What a child process is to load. */
export interface Load {
  readonly threads: number;
  /** The target as Slipstream names it: `base`, `tiny` or a folder. */
  readonly model: string;
  /** Tokens that a prompt and what follows it may have. */
  readonly context: number;
  /** The target as its peers read it; see `convert.py`. */
  readonly converted: string;
  /** Drafts as GGUF files, with the language ids that they serve; none for all. */
  readonly drafts: readonly { readonly file: string; readonly languages: readonly string[] }[];
  readonly arms: readonly string[];
}

/** One prompt, the same tokens for everybody. */
export interface Work {
  readonly arm: string;
  readonly prompt: readonly number[];
  /** Tokens to generate, no more and no fewer: an end token does not end it. */
  readonly count: number;
  /** Text after the cursor that a draft may copy from, as tokens. */
  readonly after: readonly number[];
  readonly language: string;
  /** The prompt as text, for drafts that have a tokenizer of their own. */
  readonly text?: { readonly path: string; readonly prefix: string; readonly suffix: string };
}

/** What one arm did with it. */
export interface Outcome {
  /** Time to read all of the prompt but its last token, or the whole prompt, in milliseconds. */
  readonly prefill: number;
  /** Time that `timed` tokens took after that, in milliseconds. */
  readonly decode: number;
  readonly timed: number;
  readonly ids: readonly number[];
  /** Of `decode`, what the engine counts as its own passes, where it counts them. */
  readonly inside?: number;
}

/** Calls of the parent; each is answered in turn. */
export interface Calls {
  load: { readonly ask: Load; readonly answer: Record<string, unknown> };
  run: { readonly ask: Work; readonly answer: Outcome };
  /** Prompts to tokens, and how many tokens plain decoding makes of each before it ends. */
  prepare: { readonly ask: Prepare; readonly answer: readonly Prepared[] };
  /** For each of the tokens `ids` behind `prompt`: does the model, given the ones before it, choose it too? */
  agree: { readonly ask: Work & { readonly ids: readonly number[] }; readonly answer: number };
  /** Processor time used so far, in milliseconds. */
  cpu: { readonly ask: undefined; readonly answer: number };
}

export interface Prepare {
  readonly prompts: readonly {
    readonly path: string;
    readonly prefix: string;
    readonly suffix: string;
    readonly language: string;
  }[];
  readonly maxTokens: number;
  /** As in {@link Load}. */
  readonly context: number;
}

export interface Prepared {
  readonly prompt: readonly number[];
  readonly after: readonly number[];
  readonly ids: readonly number[];
}

export type CallName = keyof Calls;
export type Handlers = {
  readonly [Name in CallName]?: (
    ask: Calls[Name]['ask'],
  ) => Promise<Calls[Name]['answer']> | Calls[Name]['answer'];
};

/** Answer the parent's calls, one at a time, until it closes the channel. */
export function serve(handlers: Handlers): void {
  const all: Handlers = {
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    ...handlers,
  };
  let turn: Promise<unknown> = Promise.resolve();
  process.on('message', (message: { readonly name: CallName; readonly ask: never }) => {
    turn = turn.then(async () => {
      try {
        const handler = all[message.name] as ((ask: never) => unknown) | undefined;
        if (!handler) throw new Error(`this process does not know «${message.name}»`);
        process.send?.({ answer: await handler(message.ask) });
      } catch (error) {
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
  // A signal to all of a run's processes is for the parent alone, which finishes the prompt at hand.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit(0));
}
