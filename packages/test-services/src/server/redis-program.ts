import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Program } from './program.js';

export const redisProgram: Program = {
  executables: ['redis-server'],
  folders: ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/opt/redis/bin'],
  package: 'redis-server',
  remedy: 'install it (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis)',
  arguments: ({ folder, port, durable }) => [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--daemonize', 'no'],
    ...['--save', '', '--maxmemory-policy', 'noeviction'],
    ...(durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']),
  ],
  isReady: ({ port }) => pongs(port),
  refusesRoot: false,
  stopSignal: 'SIGTERM',
  quitSignal: 'SIGKILL',
  url: (port) => `redis://127.0.0.1:${port}/0`,
};

/** False also while it reads its file after a start (`-LOADING`). */
async function pongs(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')));
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
