import { InnerloopError } from '../../errors.ts';
import { integer } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { answer } from '../display/output.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../parser/command.ts';

const args = {
  url: {
    type: 'positional',
    description: 'Address of a server (default: the demo starts one of its own)',
    complete: 'nothing',
  },
  seed: {
    type: 'string',
    description: 'Seed of the choice of signs (default: 1)',
    complete: 'nothing',
  },
  ...jsonArgument,
} as const satisfies ArgsDef;

/**
 * `innerloop demo [URL]`: adapts to characters that the model was not trained on, and predicts further drawings of them,
 * through the HTTP API.
 */
export function demoCommand(context: CliContext): Command {
  return defineCommand({
    examples: ['innerloop demo', 'innerloop demo http://localhost:3000 --seed 7'],
    args,
    async run({ args: given }) {
      const { url, seed = '1', json } = given;
      const stream = json ? context.stderr : context.stdout;
      const accuracy = await context.demo(url && baseOf(url), integer('seed', seed, 0), (line) => {
        stream.write(`${line}\n`);
      });
      if (json) answer(context, true, { accuracy }, () => '');
    },
  });
}

function baseOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/$/, '');
  throw new InnerloopError('invalid_request', `Expected a URL such as http://localhost:3000, got "${url}"`);
}
