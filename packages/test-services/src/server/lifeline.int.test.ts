import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { describeWith } from '../describe-with.js';
import { type Service, services } from '../service.js';

const entrance = resolve(import.meta.dirname, '../../dist/index.js');
/** Stands for Jest: starts a server of its own, and uses the shared one. */
const parent = `
  const { freshPlace, openTestServices, serviceUrl, startServer } = await import(${JSON.stringify(entrance)});
  const service = process.argv[1];
  await openTestServices();
  const server = await startServer(service);
  await freshPlace(service);
  console.log(JSON.stringify([server.url, serviceUrl(service)]));
  setInterval(() => {}, 1000);
`;
const folder = mkdtempSync(join(tmpdir(), 'fluxori-lifeline-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const endings: Readonly<Record<Service, readonly NodeJS.Signals[]>> = {
  redis: ['SIGKILL', 'SIGINT'],
  postgres: ['SIGKILL'],
};

for (const service of services) {
  describeWith(service, `${service} servers`, () => {
    it.each(endings[service])('leave nothing behind when their process ends by %s', async (signal) => {
      const temporary = mkdtempSync(join(folder, 'tmp-'));
      const env: NodeJS.ProcessEnv = { ...process.env, TMPDIR: temporary };
      delete env.FLUXORI_TEST_REDIS_URL;
      delete env.FLUXORI_TEST_POSTGRES_URL;
      // PostgreSQL runs as another user, who must be able to get there.
      for (const place of [folder, temporary]) chmodSync(place, 0o755);
      const child = spawn(process.execPath, ['--input-type=module', '-e', parent, service], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(child.stdout, 'data');
      const ports = JSON.parse(String(line)).map((url: string) => Number(new URL(url).port));
      expect(await Promise.all(ports.map(listens))).toEqual([true, true]);
      expect(readdirSync(temporary).length).toBe(2);

      child.kill(signal);
      await once(child, 'exit');
      while (readdirSync(temporary).length > 0) await sleep(50);
      expect(await Promise.all(ports.map(listens))).toEqual([false, false]);
    });
  });
}

async function listens(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
