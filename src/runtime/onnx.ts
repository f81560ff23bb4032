import type * as Ort from 'onnxruntime-node';

export type OrtModule = typeof Ort;

let loading: Promise<OrtModule> | undefined;

/**
 * Load ONNX Runtime, once. Its Linux build writes usage files to the home folder unless this variable is in
 * the environment before the library is loaded: nothing may be recorded on behalf of a user.
 */
export function loadOnnxRuntime(): Promise<OrtModule> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  loading ??= import('onnxruntime-node');
  return loading;
}
