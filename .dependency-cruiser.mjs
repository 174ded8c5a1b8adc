// The rooms of ARCHITECTURE.md as rules: imports run one way, types included.

/** `from` may import nothing that matches `to`. */
const forbid = (name, comment, from, to, fromExcept = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...(fromExcept.length > 0 && { pathNot: fromExcept }) },
  to: { path: to },
});

/** What every room may import: files at the root of `src/` that many rooms share. */
const SHARED = ['tensor', 'errors', 'loopback', 'execution-providers', 'make-folder']
  .map((file) => `${file}\\.ts$`)
  .concat('concurrency/');

/** The files of `room` may import their own room, the shared files and `allowed`, and nothing else of `src/`. */
const room = (name, allowed, comment) => ({
  name: `${name.replaceAll('/', '-')}-imports`,
  comment,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [...SHARED, `${name}/`, ...allowed].map((each) => `^src/${each}`) },
});

/** `library` is imported below `folder` and nowhere else. Types count too. */
const home = (library, folder) => ({
  name: `${library.replaceAll('/', '-')}-has-one-home`,
  comment: `${library} is imported in ${folder} and nowhere else`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}` },
  to: { path: `node_modules/${library}/` },
});

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or lack a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },

    // The file format lies under both halves.
    room('onnx', [], 'The file format knows nothing of who uses it'),

    // Files that hold many examples: both halves read them.
    room('files', [], 'Readers of files are functions of bytes'),

    // The foundry: makes packages.
    room('graph', ['onnx/'], 'Graphs know nothing of who uses them'),
    room('autodiff', ['graph/', 'onnx/'], 'Gradients are transforms of graphs'),
    room('nn', ['autodiff/', 'graph/', 'onnx/'], 'Networks are functions of weights and inputs'),
    room(
      'algorithms',
      ['nn/', 'autodiff/', 'graph/', 'onnx/', 'package/manifest'],
      'An algorithm emits programs; it runs nothing',
    ),
    room(
      'training',
      ['algorithms/', 'nn/', 'autodiff/', 'graph/', 'onnx/', 'package/', 'ports/', 'domain/', 'files/'],
      'Training runs programs through ports',
    ),
    room(
      'encoders',
      ['graph/', 'onnx/', 'package/'],
      'A builder reads files of other formats and writes an encoder',
    ),
    room(
      'cli',
      [
        'training/',
        'encoders/import/',
        'algorithms/',
        'nn/',
        'graph/',
        'package/',
        'ports/',
        'domain/',
        'service/',
        'files/',
        'client/',
      ],
      'Commands take what they need as a context',
    ),

    // Within training: data sets, then recipes, then evaluation, then objectives, then cards, then the loop that uses all of them.
    forbid(
      'datasets-come-first',
      'Data sets know no recipe',
      '^src/training/datasets/',
      '^src/training/(recipe|evaluation|objectives|card|loop)/',
    ),
    forbid(
      'recipes-know-data-sets-alone',
      'A recipe is data',
      '^src/training/recipe/',
      '^src/training/(evaluation|objectives|card|loop)/',
    ),
    forbid(
      'evaluation-knows-no-training',
      'A package is measured without training',
      '^src/training/evaluation/',
      '^src/training/(objectives|card|loop)/',
    ),
    forbid(
      'objectives-know-no-loop',
      'The loop lowers any objective',
      '^src/training/objectives/',
      '^src/training/(card|loop)/',
    ),
    forbid('cards-know-no-training', 'A card is made of facts', '^src/training/card/', '^src/training/loop/'),

    // The contract between the halves.
    room('package', ['onnx/'], 'The contract knows the file format, not how graphs are made'),

    // The service: runs packages.
    room('domain', [], 'Domain types do no I/O'),
    room('ports', ['domain/', 'package/'], 'A port names domain types and package types'),
    room('service', ['domain/', 'ports/', 'package/'], 'Use cases know neither HTTP nor adapters'),
    room(
      'http',
      ['service/', 'domain/', 'ports/', 'package/(manifest|encoder/)', 'files/'],
      'Routes know no adapter',
    ),
    room('playground', ['client/'], 'The page speaks the public API only, through its public client'),
    room('client', [], 'The client is published alone: it knows the description of the API and nothing else'),
    room('adapters', ['domain/', 'ports/', 'package/', 'onnx/'], 'Adapters implement ports'),
    forbid(
      'service-half-knows-no-foundry',
      'Adding an algorithm touches no line of the service',
      '^src/(domain|ports|service|http|adapters)/',
      '^src/(graph|autodiff|nn|algorithms|training|encoders|cli)/',
    ),

    forbid(
      'algorithms-know-no-layout',
      'How a state is packed for the runtime is decided in nn/packing.ts',
      '^src/algorithms/',
      '^src/graph/lowering/',
    ),

    // Composition.
    forbid('only-main-composes', 'Adapters are chosen in main', '^src/(?!main/|adapters/)', '^src/adapters/'),
    forbid(
      'config-is-parsed-once',
      'Settings are values, handed down',
      '^src/(?!main/|config)',
      '^src/config',
    ),

    home('onnxruntime-node', 'adapters/onnxruntime/'),
    home('lmdb', 'adapters/lmdb/'),
    home('ioredis', 'adapters/redis/'),
    home('bullmq', 'adapters/bullmq/'),
    home('@opentelemetry', 'adapters/opentelemetry/'),
    home('pino-pretty', 'main/server/'),
    home('marked', 'main/guide/'),
    home('minisearch', 'playground/guide/'),
    home('sharp', 'adapters/sharp'),
    home('@huggingface/tokenizers', 'adapters/text/'),
    home('(codec-parser|mpg123-decoder|opus-decoder|@wasm-audio-decoders)', 'adapters/audio/'),
    home('protobufjs', 'onnx/'),
    home('typebox', '(http/|package/|encoders/|training/|algorithms/|main/generate/|config)'),
    home('yauzl', 'files/'),
    home('yazl', 'files/'),
    home('csv-parse', 'files/'),
    home('commander', 'cli/'),
    home('cli-progress', 'cli/'),
    home('(preact|@preact)', 'playground/'),
    home('testcontainers', '$none'),
    home('openapi-client-axios', '$none'),
    home('openapi-typescript', '$none'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
