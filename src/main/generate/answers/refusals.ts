import type { CallOptions, Recorder } from './record.ts';

const NOWHERE = '/tasks/nowhere';
const ADAPTATION = `/tasks/requests/adaptations/adp_${'0'.repeat(32)}`;
const EXAMPLE = `/tasks/requests/examples/ex_${'0'.repeat(32)}`;
const PREDICTION = `/tasks/requests/predictions/prd_${'0'.repeat(40)}`;
const WEBHOOK = `/webhooks/whk_${'0'.repeat(32)}`;
const VERSION = `/v2/models/wave/versions/adp_${'0'.repeat(32)}`;
const tensor = { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [0, 1] }] };

/** A call of each operation that the service refuses: what is named does not exist, or the query or the body is wrong. */
const refused: Readonly<Record<string, readonly [route: string, options?: CallOptions]>> = {
  listModels: ['GET /models?limit=2'],
  getModel: ['GET /models/sinusoid'],
  listEncoders: ['GET /encoders?limit=2'],
  getEncoder: ['GET /encoders/nothing'],
  listTasks: ['GET /tasks?limit=0'],
  putTask: [`PUT ${NOWHERE}`, { body: { model: 'texts' } }],
  getTask: [`GET ${NOWHERE}`],
  deleteTask: [`DELETE ${NOWHERE}`],
  getTenant: ['GET /tenant?task=requests'],
  deleteTenant: ['DELETE /tenant?confirm=acme'],
  adapt: [`POST ${NOWHERE}/adapt`, { body: { support: [{ label: 'card_lost' }] } }],
  readapt: [`POST ${NOWHERE}/readapt`, { body: {} }],
  listAdaptations: [`GET ${NOWHERE}/adaptations`],
  getAdaptation: [`GET ${ADAPTATION}`],
  cancelAdaptation: [`POST ${ADAPTATION}/cancel`],
  streamEvents: [`GET ${ADAPTATION}/events`],
  activateAdaptation: [`POST ${ADAPTATION}/activate`],
  compareAdaptations: [
    'POST /tasks/requests/compare',
    { body: { adaptations: [], inputs: ['My card is gone'] } },
  ],
  listExamples: [`GET ${NOWHERE}/examples`],
  eraseExamples: ['DELETE /tasks/requests/examples'],
  getExample: [`GET ${EXAMPLE}`],
  relabelExample: [`PATCH ${EXAMPLE}`, { body: { label: 'card_lost' } }],
  eraseExample: [`DELETE ${EXAMPLE}`],
  downloadExamples: ['GET /tasks/requests/examples/download?format=xlsx'],
  getExampleContent: [`GET ${EXAMPLE}/content`],
  getExampleThumbnail: [`GET ${EXAMPLE}/thumbnail`],
  getDrift: ['GET /tasks/wave/drift'],
  predict: ['POST /tasks/wave/predict', { body: { inputs: [[null]] } }],
  createWebhook: [
    'POST /webhooks',
    { body: { url: 'https://example.com/innerloop#part', events: ['adaptation.succeeded'] } },
  ],
  listWebhooks: ['GET /webhooks?limit=2'],
  getWebhook: [`GET ${WEBHOOK}`],
  changeWebhook: [`PATCH ${WEBHOOK}`, { body: { status: 'disabled' } }],
  deleteWebhook: [`DELETE ${WEBHOOK}`],
  rotateWebhookSecret: [`POST ${WEBHOOK}/rotate`],
  testWebhook: [`POST ${WEBHOOK}/test`],
  listDeliveries: [`GET ${WEBHOOK}/deliveries`],
  giveFeedback: ['POST /tasks/requests/feedback', { body: { label: 'card_lost' } }],
  getQuality: [`GET ${NOWHERE}/quality`],
  review: [`GET ${NOWHERE}/review`],
  getPrediction: [`GET ${PREDICTION}`],
  getPredictionContent: [`GET ${PREDICTION}/content`],
  getPredictionThumbnail: [`GET ${PREDICTION}/thumbnail`],
  getInferenceServer: ['GET /v2?verbose=true'],
  getInferenceLiveness: ['GET /v2/health/live?verbose=true'],
  getInferenceReadiness: ['GET /v2/health/ready?verbose=true'],
  getInferenceModel: ['GET /v2/models/nowhere'],
  getInferenceModelReadiness: ['GET /v2/models/nowhere/ready'],
  inferModel: ['POST /v2/models/wave/infer', { body: tensor }],
  getInferenceVersion: [`GET ${VERSION}`],
  getInferenceVersionReadiness: [`GET ${VERSION}/ready`],
  inferVersion: [`POST ${VERSION}/infer`, { body: tensor }],
  getLiveness: ['GET /health/live?verbose=true'],
  getReadiness: ['GET /health/ready?verbose=true'],
};

/** The service must have the tasks `requests` and `wave`. */
export async function recordRefusals({ refuse }: Recorder): Promise<void> {
  for (const [operation, [route, options]] of Object.entries(refused))
    await refuse(operation, route, options);
}
