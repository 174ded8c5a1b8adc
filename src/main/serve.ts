import { cannotStart, serve } from './server/serve.ts';

/** `npm start`. `innerloop serve` does the same. */
try {
  await serve(process.env);
} catch (error) {
  process.stderr.write(cannotStart(error));
  process.exitCode = 1;
}
