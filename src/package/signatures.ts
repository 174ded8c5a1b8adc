import type { Manifest, ProgramName } from './manifest.ts';

interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** ONNX code of the type. Default: float32. */
  readonly elementType?: number;
}
export interface Signature {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The inputs and outputs of each program of a package; see `Manifest`. */
export function programSignatures({
  input,
  output,
  state,
}: Manifest): Readonly<Record<ProgramName, Signature>> {
  const support: readonly Port[] = [
    { name: 'support_x', shape: ['N', ...input.shape] },
    { name: 'support_y', shape: ['N', ...output.shape] },
  ];
  const next = state.map(({ name, shape }) => ({ name: `${name}.next`, shape }));
  return {
    init: { inputs: support, outputs: state },
    step: {
      inputs: [...state, ...support, { name: 'rate', shape: [] }],
      outputs: [...next, { name: 'loss', shape: [] }],
    },
    predict: {
      inputs: [...state, { name: 'x', shape: ['B', ...input.shape] }],
      outputs: [{ name: 'y', shape: ['B', ...output.shape] }],
    },
  };
}
