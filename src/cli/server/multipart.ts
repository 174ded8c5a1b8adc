import { createReadStream } from 'node:fs';
import type { Body } from './connection.ts';

/** A part of a form: a file on this machine, bytes, or a text. */
export interface FormPart {
  readonly name: string;
  /** Without it, the part is a text. */
  readonly filename?: string;
  readonly length: number;
  readonly content: { readonly path: string } | { readonly bytes: Uint8Array };
}

/** Browsers escape these three characters in names, and no others. */
const ESCAPES: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' };
const escaped = (name: string) => name.replace(/["\r\n]/g, (each) => ESCAPES[each] ?? each);

/**
 * A form as `multipart/form-data`. Files are read while they are sent, one at a time.
 *
 * @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
 */
export function formBody(parts: readonly FormPart[]): Body {
  const boundary = `innerloop-${crypto.randomUUID()}`;
  const heads = parts.map(({ name, filename }) => {
    const file = filename === undefined ? '' : `; filename="${escaped(filename)}"`;
    const type = filename === undefined ? '' : '\r\nContent-Type: application/octet-stream';
    return Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${file}${type}\r\n\r\n`,
    );
  });
  const lineEnd = Buffer.from('\r\n');
  const end = Buffer.from(`--${boundary}--\r\n`);
  const lengths = parts.map(({ length }, i) => (heads[i]?.length ?? 0) + length + lineEnd.length);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: lengths.reduce((sum, length) => sum + length, end.length),
    async *chunks() {
      for (const [i, { content }] of parts.entries()) {
        yield heads[i] ?? end;
        if ('bytes' in content) yield content.bytes;
        else yield* createReadStream(content.path);
        yield lineEnd;
      }
      yield end;
    },
  };
}
