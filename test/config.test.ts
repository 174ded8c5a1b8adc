import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';

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

  it('takes an empty variable for an absent one, and leaves other programs theirs', () => {
    expect(parseConfig({ PORT: '', PATH: '/bin' })).toEqual(parseConfig({}));
  });

  it('lists every problem at once, with what came', () => {
    const message = refusal({ PORT: '70000', LOG_LEVEL: 'loud', ADAPT_THREADS: 'two' });
    expect(message).toMatch(/PORT .*65535.*"70000"/);
    expect(message).toMatch(/LOG_LEVEL .*"loud"/);
    expect(message).toMatch(/ADAPT_THREADS .*integer.*"two"/);
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.evil.org', '128.0.0.1'])(
    'refuses to listen on %s without keys',
    (HOST) => {
      expect(refusal({ HOST })).toContain('HOST must be a loopback address');
    },
  );

  it.each(['127.0.0.1', '127.0.0.53', '::1', 'localhost'])('listens on %s', (HOST) => {
    expect(parseConfig({ HOST }).HOST).toBe(HOST);
  });
});
