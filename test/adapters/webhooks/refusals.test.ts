import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../src/adapters/webhooks/public-addresses.ts';
import { createWebhookSender } from '../../../src/adapters/webhooks/webhook-sender.ts';

const special: readonly (readonly [string, string])[] = [
  ['this host', '0.0.0.0'],
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['carrier-grade NAT', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['link-local', '169.254.169.254'],
  ['protocol assignments', '192.0.0.1'],
  ['documentation', '203.0.113.9'],
  ['benchmarks', '198.19.0.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4-mapped', '::ffff:127.0.0.1'],
  ['IPv4-mapped', '::ffff:8.8.8.8'],
  ['IPv4-compatible', '::127.0.0.1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['local NAT64', '64:ff9b:1::a00:1'],
  ['link-local', 'fe80::1'],
  ['unique local', 'fd00::1'],
  ['multicast', 'ff02::1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['documentation', '2001:db8::1'],
];

describe('an address', () => {
  it.each(special)('that is %s is not public: %s', (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('of the internet is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(['', 'localhost', '1.2.3', '8.8.8.8.', '1.2.3.4/8'])('that is none is not public: %j', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});

describe('a URL', () => {
  const sender = createWebhookSender({ userAgent: 'test' });

  it.each([
    'https://example.com/hook?x=1',
    'https://example.com:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    `https://example.com/${'x'.repeat(2000)}`,
  ])('is accepted: %.60s', (url) => {
    expect(sender.refusal(url)).toBeNull();
  });

  it.each([
    ['http://example.com/', /https/],
    ['ftp://example.com/', /https/],
    ['//example.com/', /https/],
    ['not a url', /https/],
    ['', /https/],
    ['https://user:secret@example.com/', /without user name/],
    ['https://user@example.com/', /without user name/],
    ['https://example.com/#part', /fragment/],
    [`https://example.com/${'x'.repeat(2048)}`, /2048/],
    ['https://localhost/', /public internet/],
    ['https://LOCALHOST./', /public internet/],
    ['https://api.localhost/', /public internet/],
    ['https://127.1/', /public internet/],
    ['https://0x7f000001/', /public internet/],
    ['https://2130706433/', /public internet/],
    ['https://10.0.0.1:8443/', /public internet/],
    ['https://[::1]/', /public internet/],
    ['https://[::ffff:10.0.0.1]/', /public internet/],
    ['https://169.254.169.254/latest/meta-data', /public internet/],
  ])('is refused: %.60s', (url, words) => {
    expect(sender.refusal(url)).toMatch(words);
  });

  it.each(special)('whose host resolves to a %s address is refused: %s', async (_what, address) => {
    const resolving = createWebhookSender({ userAgent: 'test', resolve: async () => [address] });
    expect(await resolving.post('https://example.com/', {}, '{}')).toEqual({
      status: null,
      error: 'The host is refused: expected an https URL of a host on the public internet',
    });
  });

  it('is checked again when it is used', async () => {
    const attempt = await sender.post('https://10.0.0.1/', {}, '{}');
    expect(attempt).toEqual({ status: null, error: expect.stringMatching(/^The URL is refused/) });
  });

  it('whose host has no address fails', async () => {
    const resolving = createWebhookSender({ userAgent: 'test', resolve: async () => [] });
    const attempt = await resolving.post('https://example.com/', {}, '{}');
    expect(attempt.error).toBe('The name of the host has no address');
  });

  it.each(['http://localhost:9999/hook', 'https://localhost/', 'http://example.com/'])(
    'that needs a setting is refused with its name: %s',
    (url) => {
      expect(sender.refusal(url)).toMatch(
        /^an https URL of a host on the public internet .*WEBHOOK_NETWORKS/,
      );
    },
  );

  it('of a permitted network may be local and without TLS, but no other', async () => {
    const local = createWebhookSender({ userAgent: 'test', networks: ['127.0.0.0/8', 'fd00::/8'] });
    for (const url of ['http://127.0.0.1:80/', 'http://localhost/', 'https://[fd00::1]/'])
      expect(local.refusal(url)).toBeNull();
    for (const url of ['http://10.0.0.1/', 'http://8.8.8.8/', 'https://[fe80::1]/'])
      expect(local.refusal(url)).not.toBeNull();
    const resolving = createWebhookSender({
      userAgent: 'test',
      networks: ['127.0.0.0/8'],
      resolve: async () => ['8.8.8.8'],
    });
    expect((await resolving.post('http://example.com/', {}, '{}')).error).toMatch(/^The host is refused/);
  });
});
