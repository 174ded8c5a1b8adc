import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { medianOf } from '../bars.ts';
import { entries, startServer } from '../processes/server.ts';
import type { Scenario } from '../scenario.ts';

const packages = readdirSync('models').filter((name) => !name.startsWith('.')).length;
const kinds = Object.keys(entries) as (keyof typeof entries)[];
const label = (entry: keyof typeof entries) => `from ${entry}`;

export const start: Scenario = {
  name: 'start',
  title: 'Start',
  about: `Time from the start of the process to its first answer that it is ready, with ${packages} packages: from source, and
compiled, as \`npm start\` and the Docker image run it.`,
  async open() {
    await promisify(execFile)('npm', ['run', 'build']);
    return {
      contenders: kinds.map((entry) => ({
        label: label(entry),
        async measure() {
          await using server = await startServer({}, { entry });
          return { startMs: server.readyMs, errors: {} };
        },
      })),
      bars: kinds.map((entry) =>
        medianOf(`${label(entry)}, ready`, 'startMs', label(entry), { atMost: 2000 }),
      ),
    };
  },
};
