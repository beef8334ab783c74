import { configureGlobal, readConfigureGlobal } from 'fast-check';

export { default as fc } from 'fast-check';

/**
 * Every property of the workspace begins with this seed, so that a run which fails does so because of what was changed, and fails again. Another
 * seed looks further: `FLUXORI_TEST_SEED=7 pnpm test`, or `FLUXORI_TEST_SEED=random pnpm test`; a failure prints the seed that it was found with.
 */
const usualSeed = 20_261_121;

configureGlobal({ ...readConfigureGlobal(), ...seedOf(process.env.FLUXORI_TEST_SEED) });

function seedOf(given: string | undefined): { readonly seed?: number } {
  if (given === undefined || given === '') return { seed: usualSeed };
  if (given === 'random') return {};
  const seed = Number(given);
  if (!Number.isInteger(seed))
    throw new TypeError(`FLUXORI_TEST_SEED is ${JSON.stringify(given)}: give a whole number, or random.`);
  return { seed };
}
