import { availableParallelism } from 'node:os';
import type { ContentReader } from '../../../src/adapters/decoding/content-reader.ts';
import { joinInputs, type Paddings } from '../../../src/adapters/onnxruntime/embedding/join-inputs.ts';
import { compile, type Session } from '../../../src/adapters/onnxruntime/threads/session.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import type { Sample } from '../scenario.ts';

export interface BareLoop extends AsyncDisposable {
  /** Reads and embeds `contents` in turn, in runs of `batch` contents, for this time. */
  run(contents: readonly Uint8Array[], batch: number, seconds: number): Promise<Sample>;
}

const free = async () => undefined;

/**
 * What no service can avoid: the reader of a content and a session of the encoder, with all cores. There is one loop for
 * each core, so that one loop reads while the session runs for another.
 */
export async function openBareLoop(encoder: Encoder, reader: ContentReader): Promise<BareLoop> {
  const { manifest, program, folder } = encoder;
  const threads = availableParallelism();
  const session: Session = await compile(program, { threads, weightsFolder: folder });
  const { preparation } = manifest;
  const tokens = preparation.kind === 'text' ? preparation.tokens : undefined;
  const paddings: Paddings = tokens ? { [tokens.ids]: tokens.pad } : {};
  return {
    async run(contents, batch, seconds) {
      let next = 0;
      let done = 0;
      const startedAt = performance.now();
      const end = startedAt + seconds * 1000;
      const loop = async () => {
        while (performance.now() < end) {
          const read = Array.from({ length: batch }, () => {
            const content = contents[next++ % contents.length] as Uint8Array;
            return reader.prepare(content, encoder, free);
          });
          const prepared = await Promise.all(read);
          await session.run(
            joinInputs(
              prepared.map(({ inputs }) => inputs),
              paddings,
            ),
          );
          done += batch;
        }
      };
      await Promise.all(Array.from({ length: threads }, loop));
      return { perSecond: done / ((performance.now() - startedAt) / 1000), errors: {} };
    },
    [Symbol.asyncDispose]: () => session.dispose(),
  };
}
