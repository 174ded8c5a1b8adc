import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { startApp } from '../../support/start-app.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const http = startApp();
const part = (name: string, file: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`--B\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);

describe('a form of photos', () => {
  it('is decoded as it arrives: a hundred photos need no more memory than a few', {
    timeout: 120_000,
  }, async () => {
    const [width, height] = [1200, 900];
    const noise = Buffer.from(
      Array.from({ length: width * height * 3 }, (_, i) => (i * 2_654_435_761) >>> 24),
    );
    const photo = await sharp(noise, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer();
    await http.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = http.app.server.address() as AddressInfo;
    const count = 100;
    expect(photo.length * count).toBeGreaterThan(140e6);

    const headers = { 'content-type': 'multipart/form-data; boundary=B', prefer: 'wait=60' };
    const path = '/tasks/photos/adapt?model=tiny-glyph-prototypes';
    const client = request({ port, method: 'POST', path, headers });
    const answer = once(client, 'response') as Promise<[IncomingMessage]>;
    const held: number[] = [];
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => client.write(part(`class ${i % 2}`, photo), resolve));
      if (i % 10 > 0) continue;
      collectGarbage();
      held.push(process.memoryUsage().arrayBuffers - before);
    }
    client.end('--B--\r\n');
    const [response] = await answer;
    expect(JSON.parse(await text(response))).toMatchObject({
      status: 'succeeded',
      support: { examples: count },
    });
    // The service decodes two photos while a third arrives. The client and the sockets also have some in memory.
    expect(Math.max(...held)).toBeLessThan((photo.length * count) / 2);
  });
});
