import type { Catalogue } from './parser/listed.ts';

const RUN = 'Run a server:';
const USE = 'Use a server:';
const MAKE = 'Make packages and encoders:';
const MANAGE = 'Manage:';

/** Every command, in the order of the help. */
export const catalogue: Catalogue = {
  serve: {
    heading: RUN,
    description: 'Run the server: API and worker in one process',
    load: async (context) => (await import('./commands/serve.ts')).serveCommand(context),
  },
  worker: {
    heading: RUN,
    description: 'Run a worker process, which adapts for API processes that share its Redis',
    load: async (context) => (await import('./commands/serve.ts')).workerCommand(context),
  },
  demo: {
    heading: RUN,
    description: 'Teach a set of signs that no package was trained on, and print accuracy and times',
    load: async (context) => (await import('./commands/demo.ts')).demoCommand(context),
  },
  adapt: {
    heading: USE,
    description: 'Teach a task with labelled examples: a folder, an archive or a table',
    load: async (context) => (await import('./commands/server/adapt.ts')).adaptCommand(context),
  },
  predict: {
    heading: USE,
    description: 'Predict files, texts or rows with a task',
    load: async (context) => (await import('./commands/server/predict.ts')).predictCommand(context),
  },
  tasks: {
    heading: USE,
    description: 'List tasks, show one, or delete one',
    load: async (context) => (await import('./commands/server/tasks.ts')).tasksCommand(context),
  },
  models: {
    heading: USE,
    description: 'List the packages of a server, or show one',
    load: async (context) => (await import('./commands/server/models.ts')).modelsCommand(context),
  },
  train: {
    heading: MAKE,
    description: 'Meta-train a package from a recipe, or from a folder of images',
    load: async (context) => (await import('./commands/train.ts')).trainCommand(context),
  },
  evaluate: {
    heading: MAKE,
    description:
      'Measure the accuracy or the error of a package on episodes of classes it was not trained on',
    load: async (context) => (await import('./commands/evaluate.ts')).evaluateCommand(context),
  },
  import: {
    heading: MAKE,
    description: 'Make an encoder from an ONNX or tflite model of PyTorch, TensorFlow or others',
    load: async (context) => (await import('./commands/import.ts')).importCommand(context),
  },
  encoders: {
    heading: MAKE,
    description: 'Download and list encoders, whose features packages read',
    load: async (context) => (await import('./commands/encoders.ts')).encodersCommand(context),
  },
  data: {
    heading: MAKE,
    description: 'Download the data that recipes read',
    load: async (context) => (await import('./commands/data.ts')).dataCommand(context),
  },
  keys: {
    heading: MANAGE,
    description: 'Create, list and revoke the API keys of the service',
    load: async (context) => (await import('./commands/keys.ts')).keysCommand(context),
  },
  tenants: {
    heading: MANAGE,
    description: 'Delete the data of a tenant of the service',
    load: async (context) => (await import('./commands/tenants.ts')).tenantsCommand(context),
  },
  completion: {
    heading: MANAGE,
    description: 'Print a script that completes commands and options in a shell',
    load: async (context) => (await import('./commands/completion.ts')).completionCommand(context, catalogue),
  },
};
