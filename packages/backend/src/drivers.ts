import type { OpenDriver } from './fluxori-backend.js';

interface Driver {
  /** How its URLs look, for messages and help. */
  readonly form: string;
  /** Loaded when a URL asks for it, so that nobody pays for a database that they do not use. */
  readonly load: () => Promise<OpenDriver>;
}

/** Scheme -> driver. A new database is a row here, a folder beside this file, and a call of the conformance suite. */
export const drivers: Readonly<Record<string, Driver>> = {
  memory: {
    form: 'memory:',
    load: async () => (await import('./memory/memory-backend.js')).openMemoryBackend,
  },
  pglite: {
    form: 'pglite:<folder>',
    load: async () => (await import('./pglite/pglite-backend.js')).openPgliteBackend,
  },
  redis: {
    form: 'redis://<host>',
    load: async () => (await import('./redis/redis-backend.js')).openRedisBackend,
  },
  rediss: {
    form: 'rediss://<host>',
    load: async () => (await import('./redis/redis-backend.js')).openSecureRedisBackend,
  },
  postgres: {
    form: 'postgres://<host>/<database>',
    load: async () => (await import('./postgres/postgres-backend.js')).openPostgresBackend,
  },
  postgresql: {
    form: 'postgresql://<host>/<database>',
    load: async () => (await import('./postgres/postgres-backend.js')).openPostgresBackend,
  },
};
