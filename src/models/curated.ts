/** A model that is known to suit, with what one wants to know before loading it. */
export interface Suggestion {
  /** Repository on the hub. */
  readonly repository: string;
  /** Which of its files. */
  readonly file: string;
  readonly title: string;
  /** Megabytes to load, about; and of memory while it runs. */
  readonly megabytes: number;
  readonly memory: number;
  readonly licence: string;
  /** Whether it was trained to see what stands behind the cursor. */
  readonly fillsMiddle: boolean;
  /** Which bundled drafts serve it: all text drafts do, whatever its tokens are. */
  readonly drafts: string;
}

const ALL = 'copies, n-grams, draft-code, tiny';

/** A short list; every other repository with ONNX or GGUF files of a known family can be named too. */
export const SUGGESTIONS: readonly Suggestion[] = [
  {
    repository: 'onnx-community/Qwen2.5-Coder-0.5B-Instruct',
    file: 'model_q4.onnx',
    title: 'Qwen2.5-Coder 0.5B',
    megabytes: 790,
    memory: 1300,
    licence: 'Apache-2.0',
    fillsMiddle: true,
    drafts: ALL,
  },
  {
    repository: 'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF',
    file: 'q8_0',
    title: 'Qwen2.5-Coder 1.5B',
    megabytes: 1900,
    memory: 2800,
    licence: 'Apache-2.0',
    fillsMiddle: true,
    drafts: ALL,
  },
  {
    repository: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    file: 'model_q4.onnx',
    title: 'SmolLM2 360M',
    megabytes: 390,
    memory: 800,
    licence: 'Apache-2.0',
    fillsMiddle: false,
    drafts: ALL,
  },
  {
    repository: 'ibm-granite/granite-3.3-2b-instruct-GGUF',
    file: 'Q4_K_M',
    title: 'Granite 3.3 2B',
    megabytes: 1550,
    memory: 3600,
    licence: 'Apache-2.0',
    fillsMiddle: true,
    drafts: ALL,
  },
];
