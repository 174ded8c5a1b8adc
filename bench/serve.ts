/**
 * The service under load, compared with the same service written with FastAPI and PyTorch.
 *
 *     npm run bench:serve -- [--only predict,adapt] [--rounds n] [--seconds n] [--tasks n] [--overload seconds]
 *                            [--soak minutes] [--quick] [--peer path] [--markdown]
 *
 * Needs wrk. `--peer` or $SERVE_PEER is the path of the peer (default: `../shared/peers/serve_peer.py`). If the peer,
 * its libraries or Redis are missing, only the other contenders are measured. `--markdown` writes the results into
 * bench/SERVING.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { wrkVersion } from './serve/load/wrk.ts';
import { measure, type Table } from './serve/measure.ts';
import { peerVersions } from './serve/processes/peers.ts';
import { machine, page, type Setting, section } from './serve/report.ts';
import type { Options } from './serve/scenario.ts';
import { adapt } from './serve/scenarios/adapt.ts';
import { contents } from './serve/scenarios/contents.ts';
import { disturbed } from './serve/scenarios/disturbed.ts';
import { misses } from './serve/scenarios/misses.ts';
import { overload } from './serve/scenarios/overload.ts';
import { predict } from './serve/scenarios/predict.ts';
import { soaking } from './serve/scenarios/soak.ts';
import { start } from './serve/scenarios/start.ts';
import { tasks } from './serve/scenarios/tasks.ts';

const scenarios = [predict, contents, disturbed, adapt, tasks, misses, start, overload, soaking];

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: scenarios.map(({ name }) => name).join() },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    tasks: { type: 'string' },
    overload: { type: 'string' },
    soak: { type: 'string' },
    peer: { type: 'string', default: process.env.SERVE_PEER ?? '../shared/peers/serve_peer.py' },
    quick: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const usual = values.quick
  ? { rounds: 1, seconds: 2, tasks: 1000, overload: 5, soak: 0.25 }
  : { rounds: 5, seconds: 8, tasks: 10_000, overload: 60, soak: 2 };
const options: Options = {
  peer: values.peer,
  rounds: Number(values.rounds ?? usual.rounds),
  seconds: Number(values.seconds ?? usual.seconds),
  tasks: Number(values.tasks ?? usual.tasks),
  overloadSeconds: Number(values.overload ?? usual.overload),
  soakSeconds: 60 * Number(values.soak ?? usual.soak),
};

const names = values.only.split(',');
const unknown = names.filter((name) => !scenarios.some((each) => each.name === name));
if (unknown.length > 0) {
  console.error(`Expected --only of ${scenarios.map(({ name }) => name).join()}, got ${unknown.join()}`);
  process.exit(2);
}
const wrk = wrkVersion();
if (wrk === null) {
  console.error('Expected wrk on the PATH, found none: apt-get install wrk, or brew install wrk');
  process.exit(2);
}

const peer = peerVersions(options.peer);
const setting: Setting = {
  command: ['npm run bench:serve --', ...process.argv.slice(2)].join(' '),
  date: new Date().toISOString().slice(0, 10),
  wrk,
  peer: 'versions' in peer ? peer.versions : `without the peer: ${peer.absent}`,
};
console.log(machine(setting));
const tables: Table[] = [];
for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
  const table = await measure(scenario, options, (row) => console.error(row));
  tables.push(table);
  console.log(`\n${section(table, setting)}`);
}
if (values.markdown) {
  const file = new URL('./SERVING.md', import.meta.url);
  const titles = scenarios.map(({ title }) => title);
  writeFileSync(file, page(setting, tables, titles, readFileSync(file, 'utf8')));
}
