import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { compose } from '../../../src/main/server/compose.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import type { AdaptRun, ProgramRunner } from '../../../src/ports/program-runner.ts';

/**
 * A worker process that crashes, as native code might, at the first step of an adaptation whose support set contains
 * the number FATAL_INPUT.
 */
const fatal = Number(process.env.FATAL_INPUT);

function crashing(runner: ProgramRunner): ProgramRunner {
  const adapt = runner.adapt.bind(runner);
  return Object.assign(runner, {
    adapt(run: AdaptRun) {
      const isFatal = run.x.data.includes(fatal);
      const onStep = (loss: number) => {
        if (isFatal) process.kill(process.pid, 'SIGKILL');
        run.onStep(loss);
      };
      return adapt({ ...run, onStep });
    },
  });
}

const config = parseConfig(process.env);
const logger = createLogger(config.LOG_LEVEL);
const { work } = await compose(config, logger, {
  createRunner: (options) => crashing(createOnnxRunner(options)),
});
logger.info({ address: 'nowhere' }, 'listening');
await work();
