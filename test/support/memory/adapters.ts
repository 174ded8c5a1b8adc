import { openMemoryBackend } from './backend.ts';
import { createMemoryDecoder } from './content-decoder.ts';
import { createMemoryEmbedder } from './embedder.ts';
import { createMemoryRunner } from './program-runner.ts';

/** The reference implementations for `compose`. They start no threads and write no files. */
export const inMemory = {
  createRunner: createMemoryRunner,
  createEmbedder: createMemoryEmbedder,
  createDecoder: createMemoryDecoder,
  open: openMemoryBackend,
};
