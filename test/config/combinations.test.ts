import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';

describe('settings that are wrong together', () => {
  it.each<[Record<string, string>, string]>([
    [{ QUEUE_REDIS_URL: 'redis://host' }, 'QUEUE_REDIS_URL needs REDIS_URL'],
    [{ CACHE_REDIS_URL: 'redis://host' }, 'CACHE_REDIS_URL needs REDIS_URL'],
    [{ ROLE: 'worker' }, 'ROLE must be all without REDIS_URL, got "worker"'],
    [
      { METRICS_PORT: '3000' },
      'METRICS_PORT must differ from PORT if HOST 127.0.0.1 and METRICS_HOST 127.0.0.1 have an address in common, got 3000 for both',
    ],
  ])('%j are refused', (environment, problem) => {
    expect(() => parseConfig(environment)).toThrow(problem);
  });

  it('are all listed', () => {
    const read = () => parseConfig({ ROLE: 'api', CACHE_REDIS_URL: 'redis://host', METRICS_PORT: '3000' });
    expect(read).toThrow(/CACHE_REDIS_URL needs.*\nROLE must be.*\nMETRICS_PORT must differ/);
  });

  it('may be right with a Redis', () => {
    const REDIS_URL = 'redis://host';
    const environment = { REDIS_URL, QUEUE_REDIS_URL: REDIS_URL, CACHE_REDIS_URL: REDIS_URL, ROLE: 'worker' };
    expect(parseConfig(environment)).toMatchObject(environment);
  });
});

describe('one port for the API and for metrics', () => {
  const read = (HOST: string, METRICS_HOST: string) =>
    parseConfig({ PORT: '9464', METRICS_PORT: '9464', HOST, METRICS_HOST });

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['0.0.0.0', '10.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
    ['::', '0.0.0.0'],
    ['10.0.0.1', '::'],
    ['0.0.0.0', 'localhost'],
    ['localhost', '127.0.0.1'],
    ['::1', 'localhost'],
    ['::', 'monitoring.local'],
  ])('is refused at %s and %s', (host, metricsHost) => {
    expect(() => read(host, metricsHost)).toThrow('METRICS_PORT must differ from PORT');
  });

  it.each([
    ['10.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '::1'],
    ['0.0.0.0', '::1'],
    ['10.0.0.1', 'monitoring.local'],
    ['127.0.0.2', 'localhost'],
  ])('is accepted at the two addresses %s and %s', (host, metricsHost) => {
    expect(read(host, metricsHost)).toMatchObject({ HOST: host, METRICS_HOST: metricsHost });
  });

  it('is accepted as 0: any port for the API, and none for metrics', () => {
    expect(parseConfig({ PORT: '0', METRICS_PORT: '0' })).toMatchObject({ PORT: 0, METRICS_PORT: 0 });
  });
});
