import { uniform } from '../../adapt/tensors.ts';

/** A call that is repeated. */
export interface Post {
  /** `:task` is replaced by a number. */
  readonly path: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Placeholder in a body. Each request replaces it by a different number. */
export const SEED_MARK = '1234567890123456';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const json = { 'content-type': 'application/json' };
export const waiting = { ...json, prefer: 'wait=10' };

/** The first number of this run. It depends on the time, so that runs use different numbers. */
export const firstNumber = () => Date.now() * 1000;

type Image = readonly (readonly (readonly number[])[])[];

/** The images that our service and the peer get: values from 0 to 1, four decimals, nested [1, 28, 28]. */
export function images(count: number, name: string): readonly Image[] {
  const { data } = uniform(name, [count, SIDE, SIDE]);
  const pixel = (at: number) => Math.round((data[at] as number) * 1e4) / 1e4;
  const rows = (image: number) =>
    Array.from({ length: SIDE }, (_, y) =>
      Array.from({ length: SIDE }, (_, x) => pixel(image * PIXELS + y * SIDE + x)),
    );
  return Array.from({ length: count }, (_, image) => [rows(image)]);
}

/** JSON with the spaces that Python writes. */
const python = (value: unknown) => JSON.stringify(value).replaceAll(',', ', ').replaceAll(':', ': ');

const bytesOf = (inputs: readonly Image[]) => Buffer.from(Float32Array.from(inputs.flat(3)).buffer);

const packed = (input: Image) => ({
  shape: [1, SIDE, SIDE],
  dtype: 'float32',
  data: bytesOf([input]).toString('base64'),
});

/** The body format of the peer. Our service accepts it too. */
export const nestedPredict = (path: string, count: number): Post => ({
  path,
  body: python({ inputs: images(count, 'query') }),
  headers: json,
});

export const packedPredict = (path: string, count: number): Post => ({
  path,
  body: JSON.stringify({ inputs: images(count, 'query').map(packed) }),
  headers: json,
});

/** Black and white images, one byte per pixel. */
export function packedBytesPredict(path: string, count: number): Post {
  const inputs = images(count, 'query').map((image) => ({
    shape: [1, SIDE, SIDE],
    dtype: 'uint8',
    data: Buffer.from(image.flat(2).map((value) => (value > 0.5 ? 255 : 0))).toString('base64'),
  }));
  return { path, body: Buffer.from(JSON.stringify({ inputs })), headers: json };
}

/** The Open Inference Protocol's binary form: JSON of the tensors' shapes, then their bytes. */
export function binaryInfer(path: string, count: number): Post {
  const bytes = bytesOf(images(count, 'query'));
  const header = Buffer.from(
    JSON.stringify({
      inputs: [
        {
          name: 'x',
          datatype: 'FP32',
          shape: [count, 1, SIDE, SIDE],
          parameters: { binary_data_size: bytes.length },
        },
      ],
      parameters: { binary_data_output: true },
    }),
  );
  return {
    path,
    body: Buffer.concat([header, bytes]),
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(header.length),
    },
  };
}

export interface Episode {
  readonly model: string;
  readonly ways: number;
  readonly shots: number;
  readonly steps: number;
}

/**
 * An adaptation whose answer is sent when it has ended. Each request has a different seed, because an equal request
 * would not be computed again.
 */
export function adapt(path: string, { model, ways, shots, steps }: Episode): Post {
  const support = images(ways * shots, 'support').map((input, i) => ({
    input,
    label: `class ${Math.floor(i / shots)}`,
  }));
  const body = { model, support, settings: { steps, seed: Number(SEED_MARK) } };
  return { path, body: python(body), headers: waiting };
}

/** The same adaptation in the peer's format. */
export function peerAdapt(path: string, { ways, shots, steps }: Omit<Episode, 'model'>): Post {
  const labels = Array.from({ length: ways * shots }, (_, i) => Math.floor(i / shots));
  return {
    path,
    body: python({ inputs: images(ways * shots, 'support'), labels, steps, lr: 0.1 }),
    headers: json,
  };
}

/** One call, with its number in path and body. */
export function numbered({ path, body, headers }: Post, number: number, tasks = 1): Post {
  return {
    path: path.replace(':task', String(number % tasks)),
    body: typeof body === 'string' ? body.replace(SEED_MARK, String(number)) : body,
    headers,
  };
}
