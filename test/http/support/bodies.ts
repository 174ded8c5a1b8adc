import { readFileSync } from 'node:fs';

/** Two classes of points, far apart. */
export const points = {
  model: 'tiny-prototypes',
  support: [
    { label: 'left', input: [-1, 0] },
    { label: 'left', input: [-1, 0.5] },
    { label: 'right', input: [1, 0] },
  ],
};

/** Adapts by gradient steps, so that the record has steps and losses. */
export const steps = { ...points, model: 'tiny-gradients' };

/** An adaptation that runs long enough to be observed and cancelled. */
export const long = { ...steps, settings: { steps: 100_000, rate: 0.000001 } };

export const curve = {
  model: 'tiny-curve',
  support: [
    { input: [0], target: [0] },
    { input: [1], target: [0.5] },
  ],
};

export function glyph(name: string, hand: number): Buffer {
  return readFileSync(new URL(`../../fixtures/glyphs/${name}/${hand}.png`, import.meta.url));
}

export function dataUrl(file: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(file).toString('base64')}`;
}

/** A form as `curl -F name=@file` sends it. */
export function form(files: readonly (readonly [name: string, file: Uint8Array])[]) {
  const boundary = 'frontier';
  const parts = files.flatMap(([name, file]) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    file,
    Buffer.from('\r\n'),
  ]);
  return {
    payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
