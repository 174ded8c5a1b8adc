import { isIP } from 'node:net';

type Settings = Readonly<Record<string, unknown>>;

/** What is wrong with several settings together. The values are as they were given: each may also be wrong by itself. */
export function wrongCombinations(config: Settings): readonly string[] {
  return [...withoutRedis(config), ...onePort(config)];
}

function withoutRedis(config: Settings): readonly string[] {
  if (config.REDIS_URL !== '') return [];
  const urls = ['QUEUE_REDIS_URL', 'CACHE_REDIS_URL'].filter((name) => config[name] !== '');
  const problems = urls.map((name) => `${name} needs REDIS_URL`);
  if (config.ROLE !== 'all')
    problems.push(`ROLE must be all without REDIS_URL, got ${JSON.stringify(config.ROLE)}`);
  return problems;
}

function onePort({ PORT, HOST, METRICS_PORT, METRICS_HOST }: Settings): readonly string[] {
  // 0 is any free port as PORT, and no port as METRICS_PORT.
  if (METRICS_PORT !== PORT || PORT === 0) return [];
  if (!haveCommonAddress(String(HOST), String(METRICS_HOST))) return [];
  const hosts = `HOST ${HOST} and METRICS_HOST ${METRICS_HOST}`;
  return [`METRICS_PORT must differ from PORT if ${hosts} have an address in common, got ${PORT} for both`];
}

/** Host names are not looked up, except `localhost`. */
function haveCommonAddress(first: string, second: string): boolean {
  return addressesOf(first).some((a) =>
    addressesOf(second).some((b) => a === b || contains(a, b) || contains(b, a)),
  );
}

const addressesOf = (host: string) => (host === 'localhost' ? ['127.0.0.1', '::1'] : [host]);

/** `::` means all addresses, also those of IPv4. */
const contains = (all: string, one: string) => all === '::' || (all === '0.0.0.0' && isIP(one) === 4);
