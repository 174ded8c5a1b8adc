import { examples } from './examples.ts';
import type { Recorder } from './record.ts';

const TASK = '/tasks/requests';
const wait = { prefer: 'wait=60' };

/** The life of a task for texts, from its beginning. */
export async function recordTask({ call, record }: Recorder): Promise<void> {
  await call(`DELETE ${TASK}`);
  await record(
    'putTask',
    'texts',
    'A task that keeps its predictions and monitors its inputs',
    `PUT ${TASK}`,
    {
      body: {
        model: 'text',
        metadata: { customer: '42' },
        keep: { predictions: 100, hours: 24 },
        monitor: true,
      },
    },
  );
  await call(`POST ${TASK}/adapt`, { body: examples.adapt.texts.value, headers: wait });
  await record('getTask', 'texts', 'A task for texts', `GET ${TASK}`);
  await record('listTasks', 'tasks', 'The first tasks', 'GET /tasks');

  await record('downloadExamples', 'texts', 'Texts as a table', `GET ${TASK}/examples/download?format=csv`);
  const { body: kept } = await record(
    'predict',
    'options',
    'With options (for the task requests)',
    `POST ${TASK}/predict`,
    { body: { inputs: ['Has somebody found my card?'], options: { reject: true, explain: true } } },
  );
  const [{ id: prediction }] = kept.predictions;
  await recordKept({ call, record }, `${TASK}/predictions/${prediction}`);
  await recordVersions({ call, record });
  await recordExamples({ call, record }, prediction);
}

type Calls = Pick<Recorder, 'call' | 'record'>;

async function recordKept({ record }: Calls, prediction: string): Promise<void> {
  await record('getPrediction', 'text', 'The prediction of a text', `GET ${prediction}`);
  await record('getPredictionContent', 'text', 'A text', `GET ${prediction}/content`);
  await record('review', 'texts', 'One prediction to label', `GET ${TASK}/review`);
  await record('getDrift', 'few', 'Too few inputs to say', `GET ${TASK}/drift`);
}

async function recordVersions({ call, record }: Calls): Promise<void> {
  const { current } = (await call(`GET ${TASK}`)).body;
  const { body: again } = await record('readapt', 'robust', 'Trust labels less', `POST ${TASK}/readapt`, {
    body: { settings: { robust: true } },
    headers: wait,
  });
  await record('getAdaptation', 'texts', 'An adaptation to texts', `GET ${TASK}/adaptations/${again.id}`);
  await record(
    'streamEvents',
    'texts',
    'An adaptation without steps',
    `GET ${TASK}/adaptations/${again.id}/events`,
  );
  await record('listAdaptations', 'texts', 'Two adaptations', `GET ${TASK}/adaptations`);
  await record(
    'activateAdaptation',
    'texts',
    'Back to the first',
    `POST ${TASK}/adaptations/${current}/activate`,
  );
  await record('compareAdaptations', 'texts', 'The first and the second', `POST ${TASK}/compare`, {
    body: { adaptations: [current, again.id], inputs: examples.predict.texts.value.inputs },
  });
  const steps = {
    model: 'omniglot-maml',
    settings: { steps: 50 },
    support: examples.adapt.drawings.value.support,
  };
  const { body: long } = await call('POST /tasks/long/adapt', { body: steps });
  await record(
    'cancelAdaptation',
    'drawings',
    'Before its first step',
    `POST /tasks/long/adaptations/${long.id}/cancel`,
  );
}

/** Examples of one call have no order, so only those of feedback are read one by one. */
async function recordExamples({ record }: Calls, prediction: string): Promise<void> {
  const { body: feedback } = await record(
    'giveFeedback',
    'prediction',
    'On a kept prediction',
    `POST ${TASK}/feedback`,
    { body: { prediction, label: 'card_lost', readapt: 'never' } },
  );
  await record('giveFeedback', 'input', 'On an input', `POST ${TASK}/feedback`, {
    body: { input: 'Where is my card?', label: 'card_lost', readapt: 'never' },
  });
  await record('getQuality', 'texts', 'After one feedback on a prediction', `GET ${TASK}/quality`);
  const examples = `${TASK}/examples`;
  await record('listExamples', 'feedback', 'Examples of feedback', `GET ${examples}?source=feedback`);
  const example = `${examples}/${feedback.example.id}`;
  await record('getExample', 'text', 'A text', `GET ${example}`);
  await record('getExampleContent', 'text', 'A text', `GET ${example}/content`);
  await record('relabelExample', 'text', 'Another label', `PATCH ${example}`, {
    body: { label: 'card_stolen' },
  });
  await record('eraseExample', 'text', 'One example', `DELETE ${example}`);
  await record('eraseExamples', 'label', 'All examples of a label', `DELETE ${examples}?label=balance`);
}
