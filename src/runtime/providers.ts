import type { OrtModule } from './onnx.ts';

/** What passes may run on: the processor, or what the runtime's build for this system has for graphics cards and accelerators. */
const PROVIDERS = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What settings and options may say; `auto` takes the quickest by measurement. */
export const PROVIDER_WISHES = ['auto', ...PROVIDERS] as const;
export type ProviderWish = (typeof PROVIDER_WISHES)[number];

/** Providers of a build of the runtime. */
export interface OfferedProviders {
  /** All that it knows; some need libraries of their own. */
  readonly known: readonly Provider[];
  /** Those that it brings along, the processor not counted. */
  readonly bundled: readonly Provider[];
}

/** What the installed runtime offers on this system. */
export function offeredProviders(ort: Pick<OrtModule, 'listSupportedBackends'>): OfferedProviders {
  const listed = ort.listSupportedBackends();
  const known = PROVIDERS.filter((name) => listed.some((each) => each.name === name));
  const bundled = known.filter(
    (name) => name !== 'cpu' && listed.some((each) => each.name === name && each.bundled),
  );
  return { known, bundled };
}
