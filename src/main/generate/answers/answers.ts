import type { Recorded } from '../../../http/description/recorded.ts';
import { examples } from './examples.ts';
import { createRecorder, type Recorder } from './record.ts';
import { recordRefusals } from './refusals.ts';
import { recordService } from './service.ts';
import { recordTask } from './task.ts';

/**
 * Runs the examples of the documentation page against the service at `server`, and returns them with its answers, by operation
 * and name. The service has the bundled packages and no data, and may send messages of webhooks to this machine.
 */
export async function answersOf(server: string): Promise<Recorded> {
  await using recorder = await createRecorder(server);
  await recordKinds(recorder);
  await recordTask(recorder);
  await recordService(recorder);
  await recordRefusals(recorder);
  return recorder.recorded;
}

/** `adapt` and `predict` with each kind of input. */
async function recordKinds({ record }: Recorder): Promise<void> {
  const headers = { prefer: 'wait=60' };
  for (const [name, { task, summary, value }] of Object.entries(examples.adapt))
    await record('adapt', name, summary, `POST /tasks/${task}/adapt`, { body: value, headers });
  for (const [name, { summary, value }] of Object.entries(examples.predict)) {
    const { task } = examples.adapt[name as keyof typeof examples.adapt];
    await record('predict', name, summary, `POST /tasks/${task}/predict`, { body: value });
  }
  const text = { body: 'My card is gone', type: 'text/plain' };
  await record('predict', 'text', 'One text', 'POST /tasks/requests/predict', text);
}
