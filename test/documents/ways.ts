/** How a snippet is tested: by a test that names its document, here with what it prints, or not at all for a reason. */
export type Way = { readonly by: string } | { readonly prints: RegExp } | { readonly why: string };

const readme: Way = { by: 'test/documents/readme.process.test.ts' };
const own: Way = { by: 'test/documents/bring-your-own.training.test.ts' };
const clients: Way = { by: 'test/documents/clients.process.test.ts' };
const versions: Way = { by: 'test/documents/examples-and-versions.process.test.ts' };
const installs: Way = {
  why: 'installs or starts the whole service, as test/main/npm-start.process.test.ts does',
};
const docker: Way = { why: 'needs Docker: test/docker runs the image and docker-compose.yml' };
const downloads: Way = { why: 'downloads from the internet: test/main/encoders runs it with a file' };
const trains: Way = { why: 'trains for minutes: test/cli/train runs the same commands on small data' };
const fragment: Way = { why: 'a part of a program, with names of the reader' };

/** Every block in `json` is parsed besides. */
const JSON_ANSWER: Way = { why: 'an answer, with … in place of long values' };

/** By document and by the beginning of a snippet. The longest beginning that fits counts. */
export const ways: Readonly<Record<string, Readonly<Record<string, Way>>>> = {
  'docs/a-model-one-can-trust.md': { '# 1. A task': { by: 'test/documents/trust-story.process.test.ts' } },
  'docs/clients.md': {
    'npm run package': { why: 'packs and installs the whole service: test/main tests the archive' },
    import: clients,
    'const wave': clients,
    'const url': clients,
    'await client': clients,
    'for await': clients,
  },
  'docs/learning-on.md': {
    '# A task that learns': { by: 'test/documents/learning-on-page.process.test.ts' },
  },
  'README.md': {
    'npm ci && npm start': installs,
    '# Photos': readme,
    '{ "task": "requests"': JSON_ANSWER,
    '# A folder of photos': readme,
    'docker compose up': docker,
    'curl -H "Authorization: Bearer $KEY"': {
      prints: /"status":"succeeded".*"labels":\{"anchor":1,"knot":1\}/,
    },
  },
  'docs/bring-your-own.md': {
    'npm run innerloop -- encoders get': downloads,
    'npm run innerloop -- train --encoder mobilenet-v2': trains,
    'import torch, torchvision': { why: 'needs torchvision: test/encoders/import reads models of this form' },
    'optimum-cli export': { why: 'needs Optimum and a download' },
    'npm run innerloop -- import resnet18.onnx': own,
    'npm run innerloop -- import --from': {
      why: 'a server and a digest of the reader: test/cli/import-from.contract.test.ts',
    },
    'npm run innerloop -- train --encoder resnet18': own,
    'curl -H': own,
  },
  'docs/command-line.md': { '': { by: 'test/cli/parser/declarations.test.ts' } },
  'docs/debugging.md': {
    'npm run debug -- graph models/sinusoid-maml/recipe.json step': { prints: /MatMul|Gemm/ },
    'npm run debug -- nan models/sinusoid-maml --rate 1e30': {
      prints: /is the first value that is not finite/,
    },
    'npm run debug -- nan models/sinusoid-maml --tensors': {
      why: 'a file of the reader: test/main/debug.test.ts',
    },
    'import { logPasses': fragment,
    'const model = encodeProgram': fragment,
    '{': { why: 'a file for a command: test/main/debug.test.ts' },
  },
  'docs/deploying.md': { docker },
  'docs/drift.md': {
    '# A task that learns from a table.': { by: 'test/documents/drift-page.process.test.ts' },
  },
  'docs/errors.md': { '{ "type"': JSON_ANSWER },
  'docs/examples-and-versions.md': { 'T=': versions, 'curl -sS': versions, 'INPUT=': versions },
  'docs/open-inference-protocol.md': {
    'curl localhost:3000/v2/models/wave/infer': {
      prints: /"model_name":"wave".*"name":"value".*"shape":\[3,1\]/,
    },
    'curl localhost:3000/v2/models/signs/infer': { prints: /"name":"label".*knot/s },
    '{ "model_name"': JSON_ANSWER,
    'import numpy, tritonclient': {
      why: 'needs tritonclient: test/http/inference/client.process.test.ts sends the same bytes',
    },
  },
  'docs/operating.md': {
    'npm run package': { why: 'takes a minute: test/main/package.process.test.ts' },
    'innerloop keys': { why: 'has an id of the reader: test/cli/keys.process.test.ts' },
    'innerloop tenants': { why: 'erases a tenant: test/cli/tenants.process.test.ts' },
    'innerloop encoders': downloads,
    'redis-cli': { why: 'stops and copies a Redis: test/faults/redis does so' },
    'cp backup.rdb': { why: 'stops and copies a Redis: test/faults/redis does so' },
  },
  'docs/packages.md': { 'npm run innerloop -- train': trains },
  'docs/train-your-own.md': {
    'unzip -q': {
      why: 'reads Omniglot: test/cli/train/train-images.training.test.ts runs it on small images',
    },
    'npm run innerloop -- train': trains,
    'npm run innerloop -- evaluate': trains,
  },
  'docs/trust.md': {
    'curl localhost:3000/tasks/help/predict': { prints: /"predictions":\[\{/ },
    'curl localhost:3000/tasks/runes/adaptations/adp_5f…': {
      why: 'an id of the reader: the tutorial makes this call',
    },
    '{': JSON_ANSWER,
  },
  'docs/tutorial.md': {
    'npm ci && npm start': installs,
    'npx innerloop adapt': { prints: /^Learned 3 labels from 15 photos in / },
    'npx innerloop predict': { prints: /ginger\/2\.jpg +ginger +\d/ },
    'curl -F photo=': { prints: /"field":"photo".*"label":"ginger".*"label":"ginger"/s },
    "curl 'localhost:3000/tasks/fruit/adaptations": { prints: /"report":\{"accuracy":\{"estimate"/ },
    'curl -H': { prints: /"status":"succeeded".*"examples":16/ },
    'npx innerloop keys create': { prints: /^il_[\w-]+$/m },
  },
  'docs/webhooks.md': {
    'curl localhost:3000/webhooks': { prints: /"secret":"whsec_/ },
    'import { createHmac': { by: 'test/main/webhooks/page.process.test.ts' },
  },
};
