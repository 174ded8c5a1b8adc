// The house of ARCHITECTURE.md as rules: imports run one way.
const between = (name, comment, from, to, except = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...(except.length > 0 && { pathNot: except }) },
  to: { path: to },
});

/** The only place that may import a library that reaches outside the process, or native code. */
const home = (library, folder) => ({
  name: `${library}-has-one-home`,
  comment: `${library} is imported in ${folder} and nowhere else`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^${folder}` },
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
    between(
      'service-half-knows-no-foundry',
      'Adding an algorithm touches no line of the service',
      '^src/(tasks|ports|service|http|adapters)/',
      '^src/(autodiff|nn|algorithms|training|cli)/',
    ),
    between('tasks-are-pure', 'Domain types do no I/O', '^src/tasks/', '^src/(?!tasks/|tensor|errors)'),
    between(
      'ports-are-interfaces',
      'A port names domain types and nothing else',
      '^src/ports/',
      '^src/(?!ports/|tasks/|package/|tensor|errors)',
    ),
    between(
      'service-takes-ports',
      'Use cases know neither HTTP nor adapters',
      '^src/service/',
      '^src/(http|adapters|main|cli|config)',
    ),
    between('http-speaks-to-service', 'Routes know no adapter', '^src/http/', '^src/(adapters|main|cli)/'),
    between(
      'worker-speaks-to-service',
      'A job is handed to the use case',
      '^src/worker/',
      '^src/(?!worker/|service/)',
    ),
    between(
      'only-main-composes',
      'Adapters are chosen in main',
      '^src/(?!main/|adapters/)',
      '^src/adapters/',
    ),
    between(
      'graph-is-the-ground',
      'Graphs know nothing of who uses them',
      '^src/graph/',
      '^src/(?!graph/|tensor|errors)',
    ),
    between('autodiff-on-graph', '', '^src/autodiff/', '^src/(?!autodiff/|graph/|tensor|errors)'),
    between('nn-on-graph', '', '^src/nn/', '^src/(?!nn/|autodiff/|graph/|tensor|errors)'),
    between(
      'algorithms-on-nn',
      '',
      '^src/algorithms/',
      '^src/(?!algorithms/|nn/|autodiff/|graph/|package/manifest|tensor|errors)',
    ),
    between(
      'training-knows-ports',
      'The foundry runs graphs through ports',
      '^src/training/',
      '^src/(adapters|service|http|main|cli)/',
    ),
    between(
      'package-reads-onnx-only',
      'The contract knows the file format, not how graphs are made',
      '^src/package/',
      '^src/(?!package/|graph/onnx/(decode|schema|structure)|graph/dim|tensor|errors)',
    ),
    between(
      'config-is-parsed-once',
      'Settings are values, handed down',
      '^src/(?!main/|config)',
      '^src/config',
    ),
    home('onnxruntime-node', 'src/adapters/onnxruntime/'),
    home('lmdb', 'src/adapters/lmdb/'),
    home('ioredis', 'src/adapters/(redis|bullmq)/'),
    home('@opentelemetry', 'src/adapters/opentelemetry/'),
    home('testcontainers', 'test/'),
    home('openapi-client-axios', 'test/'),
    home('sharp', 'src/adapters/sharp'),
    home('bullmq', 'src/adapters/bullmq/'),
    home('ioredis', 'src/adapters/(redis|bullmq)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types vanish at run time: families of operators and the type over all of them name each other.
    tsPreCompilationDeps: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
