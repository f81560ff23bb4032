// What is used here of the peers' packages. They are installed only where the comparison is run, so the types that they
// bring cannot be counted on when the rest is checked.

declare module '@huggingface/transformers' {
  export class Tensor {
    constructor(type: 'int64', data: BigInt64Array, dims: readonly number[]);
  }
  export abstract class BaseStreamer {
    put(values: bigint[][]): void;
    end(): void;
  }
  export interface PreTrainedModel {
    generate(options: {
      readonly inputs: Tensor;
      readonly attention_mask: Tensor;
      readonly max_new_tokens: number;
      readonly do_sample: boolean;
      readonly eos_token_id: null;
      readonly streamer: BaseStreamer;
    }): Promise<unknown>;
  }
  export const AutoModelForCausalLM: {
    from_pretrained(
      name: string,
      options: { readonly device: 'cpu'; readonly dtype: 'q8'; readonly session_options: object },
    ): Promise<PreTrainedModel>;
  };
  export const env: { allowRemoteModels: boolean; localModelPath: string; readonly version: string };
}

declare module 'node-llama-cpp' {
  export type Token = number;
  export interface AddonSampler {
    applyConfig(config: { readonly temperature: number }): void;
  }
  export interface AddonContext {
    initBatch(size: number): void;
    addToBatch(sequence: number, position: number, tokens: Uint32Array, logits: Uint32Array): Uint32Array;
    decodeBatch(): Promise<void>;
    sampleToken(index: number, sampler: AddonSampler): Promise<Token>;
    removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
    setThreads(threads: number): void;
  }
  export interface LlamaContextSequence {
    clearHistory(): Promise<void>;
    evaluateWithoutGeneratingNewTokens(tokens: readonly Token[]): Promise<void>;
    evaluate(
      tokens: readonly Token[],
      options: { readonly temperature: number; readonly yieldEogToken: boolean },
    ): AsyncGenerator<Token, void, undefined>;
  }
  export interface LlamaContext {
    readonly _ctx: AddonContext;
    getSequence(options?: { readonly tokenPredictor?: TokenPredictor | undefined }): LlamaContextSequence;
    printTimings(): Promise<void>;
  }
  export interface LlamaModel {
    readonly _model: object;
    createContext(options: {
      readonly contextSize: number;
      readonly batchSize: number;
      readonly threads: number;
      readonly flashAttention: boolean;
      readonly performanceTracking: boolean;
    }): Promise<LlamaContext>;
  }
  export interface Llama {
    readonly systemInfo: string;
    readonly llamaCppRelease: { readonly release: string };
    readonly _bindings: { readonly AddonSampler: new (model: object) => AddonSampler };
    loadModel(options: { readonly modelPath: string; readonly gpuLayers: number }): Promise<LlamaModel>;
  }
  export function getLlama(options: {
    readonly gpu: false;
    readonly build: 'never';
    readonly maxThreads: number;
    readonly logLevel: 'info';
    readonly logger: (level: string, message: string) => void;
  }): Promise<Llama>;
  export interface TokenPredictor {
    updateInputTokens(tokens: readonly Token[]): void;
  }
  export class InputLookupTokenPredictor implements TokenPredictor {
    constructor(options?: {
      readonly patternLength?: { readonly min?: number };
      readonly predictionLength?: { readonly max?: number };
    });
    updateInputTokens(tokens: readonly Token[]): void;
  }
  export class DraftSequenceTokenPredictor implements TokenPredictor {
    constructor(
      sequence: LlamaContextSequence,
      options?: { readonly minTokens?: number; readonly maxTokens?: number; readonly minConfidence?: number },
    );
    updateInputTokens(tokens: readonly Token[]): void;
  }
}
