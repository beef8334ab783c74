/**
 * The import arrows of the house (docs/map.md shows them as a picture). What is not listed is not allowed.
 * Tests may also use the sandbox, the backend and the drivers' conformance suites.
 */
const arrows = {
  bench: ['core', 'backend', 'network', 'documents', 'amazon-sp'],
  core: [],
  backend: ['core'],
  network: ['core'],
  queue: ['core', 'backend'],
  observability: ['core'],
  'test-services': [],
  documents: ['core', 'network'],
  'amazon-sp-models': [],
  'amazon-sp': ['core', 'network', 'queue', 'documents', 'amazon-sp-models'],
  sandbox: ['core', 'amazon-sp-models'],
  cli: [
    'core',
    'backend',
    'network',
    'queue',
    'observability',
    'documents',
    'amazon-sp-models',
    'amazon-sp',
    'sandbox',
  ],
};
const test = '\\.(test|bench|fixture)\\.ts$|/testing/';
const inside = (name) => `^packages/${name}/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'one-entrance',
      comment: "A package is used by its exports; nothing reaches inside another's src.",
      severity: 'error',
      from: { path: '^packages/([^/]+)/src' },
      to: { path: '^packages/[^/]+/src', pathNot: ['^packages/$1/src'] },
    },
    ...Object.entries(arrows).map(([name, allowed]) => ({
      name: `arrows-of-${name}`,
      severity: 'error',
      from: { path: `${inside(name)}src`, pathNot: test },
      to: { path: '^packages/', pathNot: [name, ...allowed].map(inside) },
    })),
    {
      name: 'no-development-dependency-in-the-product',
      severity: 'error',
      // Nothing of the bench is product.
      from: { path: '^packages/[^/]+/src', pathNot: `${test}|${inside('bench')}` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'declared-dependencies',
      severity: 'error',
      from: { path: '^packages/[^/]+/src', pathNot: test },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/generated/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
