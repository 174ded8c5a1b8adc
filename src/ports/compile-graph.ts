import type { Tensors } from '../tensor.ts';

/** One graph, ready to run on the calling thread. */
export interface CompiledGraph {
  run(feeds: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

export type CompileGraph = (model: Uint8Array) => Promise<CompiledGraph>;
