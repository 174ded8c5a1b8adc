import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPictureLimits } from '../../../src/adapters/sharp/decoder.ts';
import { createImageReader } from '../../../src/adapters/sharp/image-reader.ts';
import { defaultTextLimits } from '../../../src/adapters/text/read-text.ts';
import { createTextReader } from '../../../src/adapters/text/text-reader.ts';
import { buildEncoder } from '../../../src/encoders/build-encoder.ts';
import type { EncoderBuilder } from '../../../src/encoders/builder.ts';
import { encoderBuilders } from '../../../src/encoders/catalogue.ts';
import { ratio } from '../bars.ts';
import { openBareLoop } from '../load/bare-loop.ts';
import { SEED_MARK } from '../load/bodies.ts';
import { callOrThrow } from '../load/call.ts';
import { adaptPhotos, adaptTexts, photo, predictPhoto, predictText, QUESTION } from '../load/contents.ts';
import { wrk } from '../load/wrk.ts';
import { startServer } from '../processes/server.ts';
import type { Bar, Contender, Scenario } from '../scenario.ts';

const CONNECTIONS = 16;
const ENCODERS = { texts: 'use-lite', photos: 'mobilenet-v2-objectron' } as const;
const kinds = ['texts', 'photos'] as const;
type Kind = (typeof kinds)[number];

const ours = (kind: Kind) => `${kind}, over HTTP`;
const bare = (kind: Kind, batch: number) => `${kind}, bare loop, runs of ${batch}`;

/** How much longer the slowest of a hundred answers takes than half of them. */
const spread = (kind: Kind): Bar => ({
  claim: `${kind}, p99 to p50`,
  of: [ours(kind)],
  value: (row) => (row?.p99Ms ?? Number.NaN) / (row?.p50Ms ?? Number.NaN),
  bound: { atMost: 4 },
  unit: '×',
});

export const contents: Scenario = {
  name: 'contents',
  title: 'Texts and photos',
  about: `Predictions of one text, or of one photo (a JPEG file of 640 × 480 pixels in a form), at ${CONNECTIONS} connections; each request has
another content. The bare loop is what no service can avoid: the same readers and a session of the same encoder, with all
cores, in one process without HTTP. wrk, which makes the requests, uses the same cores as the server.`,
  async open(_options, keep) {
    const folder = await mkdtemp(join(tmpdir(), 'innerloop-encoders-'));
    keep({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) });
    const encoderOf = (kind: Kind) => buildEncoder(folder, encoderBuilders[ENCODERS[kind]] as EncoderBuilder);
    const [texts, photos] = [await encoderOf('texts'), await encoderOf('photos')];
    const { address } = keep(await startServer({ ENCODERS_DIR: folder }));
    await callOrThrow(address, adaptTexts);
    await callOrThrow(address, await adaptPhotos());
    const loops = {
      texts: keep(await openBareLoop(texts, createTextReader(defaultTextLimits))),
      photos: keep(await openBareLoop(photos, createImageReader(defaultPictureLimits))),
    };
    const read = {
      texts: Array.from({ length: 64 }, (_, i) =>
        Buffer.from(QUESTION.replace(SEED_MARK, String(Number(SEED_MARK) + i))),
      ),
      photos: [await photo('lemon', 5)],
    };
    const posts = { texts: predictText, photos: await predictPhoto() };
    const contenders = kinds.flatMap((kind): readonly Contender[] => [
      {
        label: ours(kind),
        measure: (seconds) => wrk({ address, post: posts[kind], connections: CONNECTIONS }, seconds),
      },
      ...[1, CONNECTIONS].map((batch) => ({
        label: bare(kind, batch),
        measure: (seconds: number) => loops[kind].run(read[kind], batch, seconds),
      })),
    ]);
    return {
      contenders,
      bars: kinds.flatMap((kind) => [
        ratio(`${kind}: requests/s ÷ the bare loop`, 'perSecond', [ours(kind), bare(kind, 1)], {
          atLeast: 0.8,
        }),
        ratio(
          `${kind}: requests/s ÷ the bare loop in runs of ${CONNECTIONS}`,
          'perSecond',
          [ours(kind), bare(kind, CONNECTIONS)],
          null,
        ),
        spread(kind),
      ]),
    };
  },
};
