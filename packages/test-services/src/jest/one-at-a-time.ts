import runner from 'jest-runner';

// Its types say that the class is a member of the default export; as an ES module it is the default export.
const TestRunner = runner as unknown as typeof runner.default;

/** Runs test files one after another while nothing else runs: for suites that hold the clock against a promise. */
// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default class OneAtATime extends TestRunner {
  override readonly isSerial = true;
}
