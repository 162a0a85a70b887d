/** Which layer may import which. The picture of it is in ARCHITECTURE.md. */
const MAY_IMPORT = {
  lib: [],
  model: ['lib'],
  shell: ['lib'],
  plan: ['shell', 'model', 'lib'],
  actions: ['model', 'lib'],
  providers: ['actions', 'model', 'lib'],
  check: ['actions', 'shell', 'model', 'lib'],
  document: ['check', 'plan', 'actions', 'model', 'lib'],
  engine: ['actions', 'model', 'lib'],
  journal: ['model', 'lib'],
  catalog: ['model', 'lib'],
  backup: ['catalog', 'model', 'lib'],
  evidence: ['model', 'lib'],
  usecases: [
    'actions',
    'backup',
    'catalog',
    'check',
    'document',
    'engine',
    'evidence',
    'model',
    'lib',
    'plan',
    'shell',
  ],
  cli: ['usecases', 'model', 'lib'],
};

/** Packages that speak to one system or read one format stay behind the layer that is for it. */
const ONLY_IN = {
  pg: '^src/providers/postgres/',
  'pg-copy-streams': '^src/providers/postgres/',
  'tar-stream': '^src/providers/postgres/',
  'age-encryption': '^src/backup/',
  '@aws-sdk/[^/]+': '^src/backup/bucket/',
  '@marcbachmann/cel-js': '^src/plan/',
  '@opentelemetry/[^/]+': '^src/main/',
  unbash: '^src/shell/',
  yaml: '^src/plan/',
  'mdast-util-from-markdown': '^src/plan/import/',
  'mdast-util-gfm-table': '^src/plan/import/',
  'micromark-extension-gfm-table': '^src/plan/import/',
};

const TESTS = '(\\.(test|testsuite|fake)\\.ts|/testing/[^/]+\\.ts)$';

const layerRules = Object.entries(MAY_IMPORT).map(([layer, allowed]) => ({
  name: `${layer}-imports`,
  severity: 'error',
  comment: `${layer} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing of ours'}`,
  from: { path: `^src/${layer}/`, pathNot: TESTS },
  to: { path: '^(src|lab|tests|tools)/', pathNot: `^src/(${[layer, ...allowed].join('|')})/` },
}));

const packageRules = Object.entries(ONLY_IN).map(([name, folder]) => ({
  name: `${name.replaceAll(/[^a-z-]/g, '')}-only-behind-its-layer`,
  severity: 'error',
  from: { path: '^src/', pathNot: [folder, TESTS] },
  to: { path: `(^|/)node_modules/(@types/)?${name}/` },
}));

export default {
  forbidden: [
    ...layerRules,
    ...packageRules,
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'providers-do-not-meet',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/' },
      to: { path: '^src/providers/[^/]+/', pathNot: '^src/providers/$1/' },
    },
    {
      name: 'only-main-composes',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main/', TESTS] },
      to: { path: '^src/main/' },
    },
    {
      name: 'product-knows-no-lab',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: '^(lab|tests|tools)/' },
    },
    { name: 'product-uses-no-fakes', severity: 'error', from: { path: '^src/', pathNot: TESTS }, to: { path: TESTS } },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { path: '^(src|lab|tools)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
