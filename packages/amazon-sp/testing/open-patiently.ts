import { type FluxoriBackend, openBackend } from '@fluxori/backend';

/** How long a process may stand still, in seconds. */
const patienceSeconds = 30;

/**
 * A backend at which a process that stands still loses nothing: what it has under way counts as in flight, and its locks are its own. As it is, it
 * loses the one after five seconds and the lock of a token after one, as a process that died does; then a token is fetched a second time, and a
 * request that is sent after all may be one too many. Tests run on machines where everything stands still for as long.
 */
export async function openPatiently(url: string): Promise<FluxoriBackend> {
  const place = new URL(url);
  if (/^(redis|postgres)/.test(place.protocol)) place.searchParams.set('lease', String(patienceSeconds));
  const backend = await openBackend(place.href);
  const ttlMs = patienceSeconds * 1_000;
  return {
    ...backend,
    locks: {
      withLock: (name, work, options) => backend.locks.withLock(name, work, { ...options, ttlMs }),
    },
  };
}
