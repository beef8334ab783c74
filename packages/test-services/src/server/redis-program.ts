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
  isReady: ({ port }, pid) => pongs(port, pid),
  refusesRoot: false,
  stopSignal: 'SIGTERM',
  quitSignal: 'SIGKILL',
  url: (port) => `redis://127.0.0.1:${port}/0`,
};

/** False also while it reads its file after a start (`-LOADING`), and when another server than ours has the port. */
async function pongs(port: number, pid: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
    await once(socket, 'connect');
    socket.write('PING\r\nINFO server\r\n');
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      const told = /^process_id:(\d+)\r\n/m.exec(answer);
      if (told !== null) return answer.startsWith('+PONG') && told[1] === String(pid);
    }
    return false;
  } catch {
    return false;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
