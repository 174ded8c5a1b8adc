import { InnerloopError } from '../errors.ts';
import { cannotStart, serve } from './server/serve.ts';

/** `npm start`. `innerloop serve` does the same, and has options. */
try {
  const [option] = process.argv.slice(2);
  if (option !== undefined) {
    const message = `Expected no options, got ${JSON.stringify(option)}. To use options, run \`npm run innerloop -- serve --port …\``;
    throw new InnerloopError('invalid_request', message);
  }
  await serve(process.env);
} catch (error) {
  process.stderr.write(cannotStart(error));
  process.exitCode = 1;
}
