import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Body } from './connection.ts';

/** A file as it is. */
export async function fileBody(path: string, type: string): Promise<Body> {
  const { size } = await stat(path);
  return { type, length: size, chunks: () => createReadStream(path) };
}

export function bytesBody(bytes: Uint8Array, type: string): Body {
  return {
    type,
    length: bytes.length,
    async *chunks() {
      yield bytes;
    },
  };
}

export const jsonBody = (value: unknown) => bytesBody(Buffer.from(JSON.stringify(value)), 'application/json');

/** The same body; `onSent` gets the number of bytes that were read to be sent. */
export function watched(body: Body, onSent: (bytes: number) => void): Body {
  return {
    ...body,
    async *chunks() {
      let sent = 0;
      for await (const chunk of body.chunks()) {
        yield chunk;
        sent += chunk.length;
        onSent(sent);
      }
    },
  };
}
