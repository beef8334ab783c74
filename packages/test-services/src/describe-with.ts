import { nameOf, type Service, servicesAreRequired, whyMissing } from './service.js';

interface Globals {
  describe?: { (name: string, body: () => void): void; skip(name: string, body: () => void): void };
  it?: (name: string, body: () => void) => void;
}

/**
 * `describe` for suites that need a service. When it is missing, the suite is skipped with the reason in its name, or fails with the reason
 * where services are required (`FLUXORI_TEST_REQUIRE_SERVICES=1`).
 *
 * @throws Error outside a test runner with global `describe` and `it`.
 */
export function describeWith(service: Service, name: string, body: () => void): void {
  const { describe, it } = globalThis as Globals;
  if (describe === undefined || it === undefined) throw new Error('describeWith works in test files only.');
  const missing = whyMissing(service);
  if (missing === undefined) {
    describe(name, body);
  } else if (servicesAreRequired()) {
    describe(name, () => {
      it(`has its ${nameOf[service]}`, () => {
        throw new Error(`${nameOf[service]} is missing and FLUXORI_TEST_REQUIRE_SERVICES is set: ${missing}`);
      });
    });
  } else {
    describe.skip(`${name} [skipped, no ${nameOf[service]}: ${missing}]`, body);
  }
}
