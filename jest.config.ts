import type { Config } from 'jest';

/** Suites that hold the clock against a promise: they run one after another while nothing else runs. */
const paced = ['\\.paced\\.test\\.ts$'];

/** Tests run from source (through swc), as ES modules; processes that a test starts and kills run from `dist`, which `pnpm test` builds first. */
const everywhere: Exclude<NonNullable<Config['projects']>[number], string> = {
  testEnvironment: 'node',
  roots: ['<rootDir>/packages', '<rootDir>/docs/examples'],
  // A Redis and a PostgreSQL for the suites that need one; see packages/test-services.
  globalSetup: '<rootDir>/packages/test-services/dist/jest/set-up.js',
  globalTeardown: '<rootDir>/packages/test-services/dist/jest/tear-down.js',
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@fluxori/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@fluxori/([a-z-]+)/([a-z-]+)$': '<rootDir>/packages/$1/src/$2.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
        },
        module: { type: 'es6' },
      },
    ],
  },
};

/** One Jest for the whole workspace. */
const config: Config = {
  projects: [
    {
      ...everywhere,
      displayName: 'paced',
      testRegex: paced,
      runner: '<rootDir>/packages/test-services/dist/jest/one-at-a-time.js',
    },
    {
      ...everywhere,
      displayName: 'other',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...paced],
    },
  ],
  maxWorkers: 2,
  // Far above what any test takes: a limit for what hangs, not for what is promised, also on a machine that is much slower or that others use, too.
  testTimeout: 600_000,
};

export default config;
