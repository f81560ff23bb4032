import { type CostTable, passMillis } from '../engine/policy/costs.ts';
import { guessShare, WORTHWHILE_COST } from '../engine/policy/rule.ts';

/** What is known of a machine and a model, as far as advice depends on it. */
export interface Health {
  /** Programs that want a core, on average of the last minute, before this one began. */
  readonly load: number;
  readonly cores: number;
  /** Undefined where the system does not say. */
  readonly physicalCores: number | undefined;
  /** Threads that were asked for; 0 for the physical cores. */
  readonly threads: number;
  readonly ram: { readonly resident: number; readonly free: number };
  readonly widthInvariant: boolean;
  /** File name of the target's graph. */
  readonly graph: string;
  /** Bytes of the target's weights. */
  readonly weights: number;
  readonly sharedBuffer: boolean;
  readonly costs: CostTable;
}

/** Whether a draft is worth its time, and why. */
export interface Worth {
  readonly id: string;
  readonly pays: boolean;
  readonly because: string;
}

/** Which drafts pay beside this target on this machine: a guess must cost a small share of a pass. */
export function worthOf(drafts: readonly { readonly id: string }[], costs: CostTable): Worth[] {
  const pass = passMillis(costs.target, 2, 0);
  return drafts.map(({ id }) => {
    const times = costs.drafts[id];
    if (!times) return { id, pays: true, because: 'a guess costs no time that could be measured' };
    const share = guessShare(costs, id);
    const pays = share < WORTHWHILE_COST;
    const cost = `a guess costs ${times.token.toFixed(2)} ms and with what it reads for it ${percent(share)} of a pass of ${pass.toFixed(2)} ms`;
    return {
      id,
      pays,
      because: `${cost}; ${pays ? 'less' : 'more'} than the ${percent(WORTHWHILE_COST)} that pay`,
    };
  });
}

/** What would make completion faster or leaner here, a sentence each, the most helpful first. */
export function adviceOf(health: Health): string[] {
  const { load, cores, physicalCores, threads, ram, costs } = health;
  const advice: string[] = [];
  if (!health.widthInvariant) {
    advice.push(
      'Use another export of the model: with this one drafts are off, because they could change the text.',
    );
  }
  if (load > 0.5 * cores) {
    advice.push(
      `End other programs that compute: they used about ${load.toFixed(1)} of ${cores} cores, and every pass waits for them.`,
    );
  }
  if (physicalCores !== undefined && threads > physicalCores) {
    advice.push(
      `Take fewer threads: ${threads} share ${physicalCores} physical cores (slipstream.threads 0 takes as many as there are cores).`,
    );
  }
  if (physicalCores !== undefined && threads > 0 && threads < physicalCores) {
    advice.push(
      `Take more threads: ${threads} of ${physicalCores} physical cores are in use (slipstream.threads 0 takes all).`,
    );
  }
  if (/^model(_fp16)?\.onnx$/.test(health.graph) && health.weights > 20e6) {
    advice.push(
      `Take an export at 8 or 4 bits (model_q8.onnx, model_q4.onnx): a pass reads ${megabytes(health.weights)} of weights now.`,
    );
  } else if (/(q8|quantized|int8|uint8)/.test(health.graph) && health.weights > 200e6) {
    advice.push(
      `Take an export at 4 bits (model_q4.onnx): a pass reads ${megabytes(health.weights)} of weights now.`,
    );
  }
  if (!health.sharedBuffer) {
    advice.push('Take an export with GroupQueryAttention: this one copies its whole cache in every pass.');
  }
  if (ram.resident > ram.free) {
    advice.push(
      `Take a smaller model or free memory: ${megabytes(ram.resident)} are in use and ${megabytes(ram.free)} are left.`,
    );
  }
  const wide = passMillis(costs.target, 8, 0) / passMillis(costs.target, 2, 0);
  if (wide > 3) {
    advice.push(
      `Expect little of drafts: a pass of 8 tokens takes ${wide.toFixed(1)} times as long as one of 2 here.`,
    );
  }
  return advice;
}

/** Cores of a `/proc/cpuinfo`, those counted once that several logical ones share; undefined where it does not say. */
export function physicalCoresOf(cpuinfo: string): number | undefined {
  const cores = new Set<string>();
  for (const processor of cpuinfo.split(/\n\s*\n/)) {
    const core = /^core id\s*:\s*(\d+)/m.exec(processor)?.[1];
    if (core !== undefined) cores.add(`${/^physical id\s*:\s*(\d+)/m.exec(processor)?.[1] ?? 0}:${core}`);
  }
  return cores.size > 0 ? cores.size : undefined;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
