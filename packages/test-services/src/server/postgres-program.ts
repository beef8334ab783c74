import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program, Site } from './program.js';

const user = 'fluxori';
const dataOf = (site: Site): string => join(site.folder, 'data');

export const postgresProgram: Program = {
  executables: ['postgres', 'initdb'],
  folders: [
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/opt/homebrew/opt/postgresql@*/bin',
    '/usr/local/opt/postgresql@*/bin',
    '/Applications/Postgres.app/Contents/Versions/*/bin',
  ],
  package: 'postgresql',
  remedy: 'install it (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17)',
  prepare: (site) => ({
    executable: 'initdb',
    arguments: [
      ...['--pgdata', dataOf(site), '--username', user, '--auth', 'trust', '--no-sync', '--no-instructions'],
      ...['--encoding', 'UTF8', '--locale', 'C'],
    ],
  }),
  arguments: (site) => [
    ...['-D', dataOf(site), '-p', String(site.port), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', 'unix_socket_directories=', '-c', 'max_connections=200'],
    ...(site.durable
      ? []
      : ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off']),
  ],
  isReady: async (site, pid) => {
    // Its own word about itself: process id in the first line, state in the eighth.
    const lines = (await readFile(join(dataOf(site), 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  },
  refusesRoot: true,
  stopSignal: 'SIGINT',
  quitSignal: 'SIGQUIT',
  url: (port) => `postgres://${user}@127.0.0.1:${port}/postgres`,
};
