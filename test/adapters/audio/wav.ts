/** How a WAV file is written. */
export interface WavOptions {
  readonly format?: 'integer' | 'float';
  readonly bits?: number;
  readonly rate?: number;
  /** With the long header that names the format in a GUID. */
  readonly isExtensible?: boolean;
}

/** A WAV file of these channels, in −1…1. It shares no code with the reader. */
export function wavOf(
  channels: readonly (readonly number[])[],
  { format = 'integer', bits = 16, rate = 16_000, isExtensible = false }: WavOptions = {},
): Buffer {
  const code = format === 'integer' ? 1 : 3;
  const bytes = bits / 8;
  const block = bytes * channels.length;
  const header = Buffer.alloc(isExtensible ? 40 : 16);
  header.writeUInt16LE(isExtensible ? 0xfffe : code, 0);
  header.writeUInt16LE(channels.length, 2);
  header.writeUInt32LE(rate, 4);
  header.writeUInt32LE(rate * block, 8);
  header.writeUInt16LE(block, 12);
  header.writeUInt16LE(bits, 14);
  if (isExtensible) {
    header.writeUInt16LE(22, 16);
    header.writeUInt16LE(code, 24);
  }
  const samples = (channels[0] ?? []).flatMap((_, i) => channels.map((each) => each[i] as number));
  const data = Buffer.concat(samples.map((value) => encoded(value, format, bits)));
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', header),
    // A chunk of an odd size, which a reader must pass over.
    chunk('LIST', Buffer.from('INFOISFT\x05\0\0\0test\0')),
    chunk('data', data),
  ]);
  return Buffer.concat([Buffer.from('RIFF'), uint32(body.length), body]);
}

function chunk(name: string, content: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(name),
    uint32(content.length),
    content,
    Buffer.alloc(content.length % 2),
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function encoded(value: number, format: 'integer' | 'float', bits: number): Buffer {
  const bytes = Buffer.alloc(bits / 8);
  if (format === 'float') {
    if (bits === 32) bytes.writeFloatLE(value);
    else bytes.writeDoubleLE(value);
    return bytes;
  }
  const whole = Math.round(value * 2 ** (bits - 1));
  if (bits === 8) bytes.writeUInt8(whole + 128);
  else bytes.writeIntLE(whole, 0, bits / 8);
  return bytes;
}
