import { describe, expect, it } from 'vitest';
import { misspelt } from '../src/config/misspelt.ts';
import { itemsOf, parseConfig } from '../src/config/parse.ts';

function refusal(environment: Record<string, string>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    return String(error);
  }
  throw new Error('Expected a refusal, got none');
}

describe('parseConfig', () => {
  it('needs no variable at all', () => {
    expect(parseConfig({})).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATA_DIR: './data',
      MODELS_DIR: './models',
    });
  });

  it('reads numbers as numbers and folders as text', () => {
    expect(parseConfig({ PORT: '0', DATA_DIR: '7' })).toMatchObject({ PORT: 0, DATA_DIR: '7' });
  });

  it('treats an empty variable as absent, and ignores variables of other programs', () => {
    expect(parseConfig({ PORT: '', PATH: '/bin' })).toEqual(parseConfig({}));
  });

  it('lists all problems at once, with the given values', () => {
    const message = refusal({ PORT: '70000', LOG_LEVEL: 'loud', ADAPT_THREADS: 'two' });
    expect(message).toMatch(/PORT .*65535.*"70000"/);
    expect(message).toMatch(/LOG_LEVEL .*"loud"/);
    expect(message).toMatch(/ADAPT_THREADS must be a whole number, without a unit, got "two"/);
  });

  it('says in words what a value must be, and never by a pattern', () => {
    const message = refusal({
      MAX_TASKS: '-1',
      SHUTDOWN_MS: '8s',
      REDIS_URL: 'localhost:6379',
      WEBHOOK_KEY: 'abc',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      EXECUTION_PROVIDERS: ',',
    });
    expect(message).toContain('MAX_TASKS must be at least 1, got "-1"');
    expect(message).toContain('SHUTDOWN_MS must be a whole number, without a unit, got "8s"');
    expect(message).toContain('REDIS_URL must be a URL such as redis://user:password@host:6379/0');
    expect(message).toContain('WEBHOOK_KEY must be 32 bytes as base64');
    expect(message).toContain('OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://collector:4318');
    expect(message).toContain('EXECUTION_PROVIDERS must be execution providers out of cpu, ');
    expect(message).not.toMatch(/pattern|undefined/);
    // They may contain a password or a token.
    for (const secret of ['localhost:6379', 'abc', 'collector:4318'])
      expect(message).not.toContain(`got "${secret}"`);
  });

  it.each(['0.0.0.0', '::', '127.0.0.1', 'localhost'])('listens on %s', (HOST) => {
    expect(parseConfig({ HOST }).HOST).toBe(HOST);
  });

  it('reads lists and checks each item', () => {
    const TRUST_PROXY = '10.0.0.0/8, ::1,uniquelocal, fd00::/8';
    expect(itemsOf(parseConfig({ TRUST_PROXY }).TRUST_PROXY)).toEqual([
      '10.0.0.0/8',
      '::1',
      'uniquelocal',
      'fd00::/8',
    ]);
    expect(itemsOf(parseConfig({}).TRUST_PROXY)).toEqual([]);
  });

  it('runs on the CPU by default, and reads providers in order of preference', () => {
    expect(parseConfig({}).EXECUTION_PROVIDERS).toBe('cpu');
    const { EXECUTION_PROVIDERS } = parseConfig({ EXECUTION_PROVIDERS: 'cuda, webgpu,cpu' });
    expect(itemsOf(EXECUTION_PROVIDERS)).toEqual(['cuda', 'webgpu', 'cpu']);
  });

  it.each(['gpu', 'CUDA', 'toString', 'cpu;cuda'])(
    'knows no execution provider %s, and says which there are',
    (wrong) => {
      const message = refusal({ EXECUTION_PROVIDERS: `cpu,${wrong}` });
      expect(message).toMatch(
        /EXECUTION_PROVIDERS must be .*cpu, cuda, tensorrt, webgpu, dml, coreml, got "/,
      );
      expect(message).toContain(`got "${wrong}"`);
    },
  );

  it('requires at least one execution provider', () => {
    expect(refusal({ EXECUTION_PROVIDERS: ' , ' })).toMatch(/EXECUTION_PROVIDERS/);
  });

  it.each(['true', '1', '10.0.0.0/33', '::1/129', '10.0.0/8', 'proxy.local', '10.0.0.1/8/8', '10.0.0.1/'])(
    'does not trust %s as a proxy',
    (wrong) => {
      expect(refusal({ TRUST_PROXY: `127.0.0.1,${wrong}` })).toMatch(/TRUST_PROXY .*10\.0\.0\.0\/8.*got/);
    },
  );

  it.each(['*', 'app.example.org', 'https://a.org/', 'https://a.org/path', 'null', 'https://A.org'])(
    'does not take %s for an origin',
    (wrong) => {
      expect(refusal({ CORS_ORIGINS: `https://b.org:8443,${wrong}` })).toMatch(/CORS_ORIGINS .*origins.*got/);
    },
  );

  it.each([
    ['redis://host:6379/abc', 'got "/abc"'],
    ['redis://host:6379/-1', 'got "/-1"'],
    ['redis://:secret@host/1.5', 'got "/1.5"'],
    ['rediss://user:secret@host:6380/0/1', 'got "/0/1"'],
    ['redis://host?db=two', 'got "/two"'],
    ['redis://host/0?keyPrefix=a', 'got "keyPrefix"'],
    ['redis://user:%zzsecret@host', 'percent-encoded'],
    ['redis://host:99999', 'must be a URL'],
    ['redis:///0', 'must name a host'],
  ])('refuses %s as the URL of a Redis in each setting, and does not print the password', (wrong, words) => {
    for (const name of ['REDIS_URL', 'QUEUE_REDIS_URL', 'CACHE_REDIS_URL']) {
      const message = refusal({ REDIS_URL: 'redis://host', [name]: wrong });
      expect(message).toContain(name);
      expect(message).toContain(words);
      expect(message).not.toContain('secret');
    }
  });

  it.each([
    'redis://host',
    'redis://host/',
    'rediss://user:p%40ss@host:6380/15',
    'redis://[::1]:6379/0?family=6',
  ])('accepts %s as the URL of a Redis', (url) => {
    expect(parseConfig({ REDIS_URL: url }).REDIS_URL).toBe(url);
  });
});

describe('misspelt', () => {
  it.each([
    ['MAX_TASK', 'MAX_TASKS'],
    ['RATE_LIMITS', 'RATE_LIMIT'],
    ['REDIS_URI', 'REDIS_URL'],
    ['WEBOOK_KEY', 'WEBHOOK_KEY'],
    ['DATA_DRI', 'DATA_DIR'],
  ])('finds that %s is probably %s', (name, meant) => {
    expect(misspelt({ [name]: '1' })).toEqual([{ name, meant }]);
  });

  it('leaves variables of other programs and of settings alone', () => {
    const environment = {
      PATH: '/bin',
      PORTS: '1',
      XDG_DATA_DIRS: '/',
      REDIS_PORT: '1',
      MAX_TASKS: '1',
      LOG_LEVEL: 'info',
    };
    expect(misspelt(environment)).toEqual([]);
  });

  it('finds nothing for a setting that is there', () => {
    expect(misspelt({ REDIS_URI: 'redis://other', REDIS_URL: 'redis://host' })).toEqual([]);
  });
});
