/** A request in binary form: the JSON, then the tensors. */
export function binaryRequest(json: unknown, ...tensors: readonly Uint8Array[]) {
  const header = Buffer.from(JSON.stringify(json));
  return {
    payload: Buffer.concat([header, ...tensors]),
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(header.length),
    },
  };
}

/** Little-endian FP32. */
export function fp32(...values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

/** Elements of BYTES: each is its length and its bytes. */
export function byteStrings(...elements: readonly Uint8Array[]): Buffer {
  const withLength = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat(elements.map(withLength));
}

interface Answer {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly rawPayload: Buffer;
}

/** Splits an answer in binary form into its tensors, with the sizes in its JSON part. */
export function takeApart({ headers, rawPayload }: Answer) {
  const length = Number(headers['inference-header-content-length']);
  const json = JSON.parse(rawPayload.toString('utf8', 0, length));
  let at = length;
  const tensors: Record<string, Buffer> = {};
  for (const { name, parameters } of json.outputs) {
    if (parameters === undefined) continue;
    tensors[name] = rawPayload.subarray(at, at + parameters.binary_data_size);
    at += parameters.binary_data_size;
  }
  return { json, tensors, rest: rawPayload.length - at };
}

/** The bytes that a text in hexadecimal states. */
export const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** −2, 0.5, 2, 0 */
export const fourNumbers = hex('000000c0 0000003f 00000040 00000000');
