import { ConfigurationError, silentLogger, systemClock } from '@fluxori/core';
import { drivers } from './drivers.js';
import type { BackendOptions, FluxoriBackend } from './fluxori-backend.js';

/**
 * Opens the place where state lives.
 *
 * @param url - `memory:` (gone with the process) or `pglite:<folder>` (kept in that folder; relative to where the process stands),
 *   or one that several processes share: `redis://…`, `postgres://…`. See the README for their parameters.
 * @throws ConfigurationError with code `CONFIG_INVALID` (the URL is wrong), `BACKEND_IN_USE` (another process has the folder open)
 *   or `BACKEND_UNAVAILABLE` (the folder cannot be used, or the server refuses us).
 * @throws NetworkError with code `BACKEND_UNAVAILABLE` when no server answers; the signal's reason when it was aborted.
 */
export async function openBackend(url: string, options: BackendOptions = {}): Promise<FluxoriBackend> {
  const { scheme, location } = parse(url);
  const driver = Object.hasOwn(drivers, scheme) ? drivers[scheme] : undefined;
  if (driver === undefined) {
    throw new ConfigurationError(`There is no backend for ${describe(scheme)}. Known: ${knownForms()}.`, {
      field: 'backend',
      remedy: `Use one of: ${knownForms()}.`,
    });
  }
  const { signal } = options;
  signal?.throwIfAborted();
  const open = await driver.load();
  signal?.throwIfAborted();
  const opening = open({
    url: withoutCredentials(url),
    location,
    logger: (options.logger ?? silentLogger).child({ backend: scheme }),
    clock: options.clock ?? systemClock,
    ...(signal && { signal }),
  });
  return signal === undefined ? opening : unlessAborted(opening, signal);
}

/** Settles at once when it is aborted; what opens all the same is closed again. */
async function unlessAborted(opening: Promise<FluxoriBackend>, signal: AbortSignal): Promise<FluxoriBackend> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const leave = () => {
      opening.then((backend) => backend.close()).catch(() => {});
      reject(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true, signal: settled.signal });
  });
  return Promise.race([opening, aborted]).finally(() => settled.abort());
}

function parse(url: string): { scheme: string; location: string } {
  const colon = typeof url === 'string' ? url.indexOf(':') : -1;
  if (colon < 1) {
    throw new ConfigurationError(`The backend's URL has no scheme. Known: ${knownForms()}.`, {
      field: 'backend',
      remedy: `Write the kind of backend first, e.g. pglite:./data. Known: ${knownForms()}.`,
    });
  }
  return { scheme: url.slice(0, colon).toLowerCase(), location: url.slice(colon + 1) };
}

/** A scheme is safe to print; whatever else somebody pasted in its place may not be. */
function describe(scheme: string): string {
  return /^[a-z][a-z0-9+.-]{0,30}$/.test(scheme) ? `"${scheme}:"` : 'this kind of URL';
}

function knownForms(): string {
  return Object.values(drivers)
    .map((driver) => driver.form)
    .join(', ');
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
