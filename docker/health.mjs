import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * The health check of the image. It checks that the process lives, not that it is ready: a restart does not bring back a
 * Redis that is down.
 */
const { host, port } = listensAt();
const answer = await fetch(`http://${host}:${port}/health/live`).catch(() => null);
process.exit(answer?.ok ? 0 : 1);

/** As the server decides it: the options of `serve` and `worker` take precedence over the environment. */
function listensAt() {
  const { HOST, PORT } = process.env;
  const { host = HOST, port = PORT } = optionsOfService();
  if (['0.0.0.0', '::'].includes(host)) return { host: '127.0.0.1', port };
  return { host: host.includes(':') ? `[${host}]` : host, port };
}

/** Process 1 is the service, or the `init` of Docker, whose command line ends with that of the service. */
function optionsOfService() {
  const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
  const command = words.findIndex((word) => word === 'serve' || word === 'worker');
  if (command === -1) return {};
  const options = { host: { type: 'string' }, port: { type: 'string' } };
  return parseArgs({ args: words.slice(command + 1), options, strict: false }).values;
}
