import type { Recorder } from './record.ts';

/** What is not about one task: packages, webhooks, health, and the Open Inference Protocol. */
export async function recordService(recorder: Recorder): Promise<void> {
  const { record } = recorder;
  await record('listModels', 'packages', 'The first packages', 'GET /models');
  await record('getModel', 'wave', 'A package for waves', 'GET /models/sinusoid-maml');
  const { body } = await record('listEncoders', 'encoders', 'The first encoders', 'GET /encoders');
  await record('getEncoder', 'encoder', 'An encoder', `GET /encoders/${body.data[0].name}`);
  await record('getTenant', 'default', 'The local tenant', 'GET /tenant');
  await recordWebhooks(recorder);
  await recordInference(recorder);
  await record('getLiveness', 'live', 'Alive', 'GET /health/live');
  await record('getReadiness', 'ready', 'Ready', 'GET /health/ready');
}

async function recordWebhooks({ record, webhook: url }: Recorder): Promise<void> {
  const events = ['adaptation.succeeded', 'adaptation.failed'];
  const { body } = await record(
    'createWebhook',
    'adaptations',
    'Get a message when adaptations end',
    'POST /webhooks',
    {
      body: { url, events },
    },
  );
  const webhook = `/webhooks/${body.id}`;
  await record('getWebhook', 'enabled', 'An enabled webhook', `GET ${webhook}`);
  await record('listWebhooks', 'webhooks', 'One webhook', 'GET /webhooks');
  await record('testWebhook', 'received', 'The message was received', `POST ${webhook}/test`);
  await record('listDeliveries', 'received', 'A test message', `GET ${webhook}/deliveries`);
  await record('changeWebhook', 'disabled', 'A webhook that sends nothing for now', `PATCH ${webhook}`, {
    body: { status: 'disabled' },
  });
  await record('rotateWebhookSecret', 'rotated', 'Another secret', `POST ${webhook}/rotate`);
}

async function recordInference({ call, record }: Recorder): Promise<void> {
  const { current } = (await call('GET /tasks/wave')).body;
  const body = { inputs: [{ name: 'x', shape: [3, 1], datatype: 'FP32', data: [0, 1, 2] }] };
  await record('getInferenceServer', 'server', 'The server', 'GET /v2');
  await record('getInferenceLiveness', 'live', 'Alive', 'GET /v2/health/live');
  await record('getInferenceReadiness', 'ready', 'Ready', 'GET /v2/health/ready');
  for (const [name, path] of [
    ['Model', '/v2/models/wave'],
    ['Version', `/v2/models/wave/versions/${current}`],
  ]) {
    await record(`getInference${name}`, 'wave', 'For the task wave', `GET ${path}`);
    await record(`getInference${name}Readiness`, 'wave', 'For the task wave', `GET ${path}/ready`);
    await record(
      `infer${name}`,
      'wave',
      'Values between the points (for the task wave)',
      `POST ${path}/infer`,
      { body },
    );
  }
}
