/** The real services that tests and benches run on. */
export type Service = 'redis' | 'postgres';

export const services: readonly Service[] = ['redis', 'postgres'];

export const nameOf: Readonly<Record<Service, string>> = { redis: 'Redis', postgres: 'PostgreSQL' };

const variables: Readonly<Record<Service, { url: string; missing: string }>> = {
  redis: { url: 'FLUXORI_TEST_REDIS_URL', missing: 'FLUXORI_TEST_REDIS_MISSING' },
  postgres: { url: 'FLUXORI_TEST_POSTGRES_URL', missing: 'FLUXORI_TEST_POSTGRES_MISSING' },
};

export const urlVariableOf = (service: Service): string => variables[service].url;

/**
 * Where the service is: what the environment names, or what the set-up of the tests holds ready. The latter is started by the first who
 * connects and takes about a second to come up, refusing in between; `freshPlace` waits for it.
 *
 * @returns undefined when there is none; `whyMissing` says why.
 */
export function serviceUrl(service: Service): string | undefined {
  return process.env[variables[service].url] || undefined;
}

/** Why the service is not there, and how to get it; undefined when it is. */
export function whyMissing(service: Service): string | undefined {
  if (serviceUrl(service) !== undefined) return undefined;
  return (
    process.env[variables[service].missing] ||
    `nothing has looked for ${nameOf[service]} yet: run the tests through this repository's jest.config.ts, or set ${variables[service].url}`
  );
}

/** Whether a service that is missing makes its suites fail instead of being skipped (`FLUXORI_TEST_REQUIRE_SERVICES=1`, as in CI). */
export function servicesAreRequired(): boolean {
  return !['', '0', 'false'].includes(process.env.FLUXORI_TEST_REQUIRE_SERVICES ?? '');
}

/** Tells this process and those that it starts where the service is, or why there is none. @returns how to take it back. */
export function announce(service: Service, found: { url: string } | { missing: string }): () => void {
  const { url, missing } = variables[service];
  if ('url' in found) process.env[url] = found.url;
  else process.env[missing] = found.missing;
  return () => {
    delete process.env['url' in found ? url : missing];
  };
}
