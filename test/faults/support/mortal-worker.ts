import { createOnnxRunner } from '../../../src/adapters/onnxruntime/program-runner.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { compose } from '../../../src/main/server/compose.ts';
import { createLogger } from '../../../src/main/server/logger.ts';
import type { AdaptRun, ProgramRunner } from '../../../src/ports/program-runner.ts';

/**
 * A worker that ends at once, as by a fault of native code, at the first step over a support set in which there is
 * FATAL_INPUT.
 */
const fatal = Number(process.env.FATAL_INPUT);

function mortal(runner: ProgramRunner): ProgramRunner {
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
const { work } = await compose(config, logger, (options) => mortal(createOnnxRunner(options)));
logger.info({ address: 'nowhere' }, 'listening');
await work();
