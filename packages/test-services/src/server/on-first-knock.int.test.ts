import { once } from 'node:events';
import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Doorkeeper, onFirstKnock } from './on-first-knock.js';

/** The answer, or undefined from whoever takes the connection and ends it. */
const ask = async (port: number): Promise<string | undefined> => {
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  let answer: string | undefined;
  socket.once('data', (text) => {
    answer = String(text);
    socket.destroy();
  });
  // Who is hung up on while he speaks gets an error before the end.
  socket.on('error', () => {});
  socket.write('who');
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
};

describe('a port kept for a server', () => {
  const doors: Doorkeeper[] = [];
  afterEach(() => Promise.all(doors.splice(0).map((door) => door.close())));
  const keep = async (...input: Parameters<typeof onFirstKnock>) => {
    const door = await onFirstKnock(...input);
    doors.push(door);
    return door;
  };
  const echo = () => {
    let server: Server | undefined;
    let starts = 0;
    let removals = 0;
    return {
      get counts() {
        return { starts, removals };
      },
      prepare: async (port: number) => {
        await sleep(50);
        return {
          start: async () => {
            starts++;
            server = createServer((socket) => socket.on('data', (text) => socket.write(`${text}? me`)));
            server.listen(port, '127.0.0.1');
            await once(server, 'listening');
          },
          remove: async () => {
            removals++;
            server?.close();
          },
        };
      },
    };
  };

  it('starts it for the first who connects, once, and passes on those who came early', async () => {
    const one = echo();
    const door = await keep(one.prepare, () => {});
    expect(one.counts.starts).toBe(0);
    expect(await Promise.all([ask(door.port), ask(door.port)])).toEqual(['who? me', 'who? me']);
    expect(await ask(door.port)).toBe('who? me');
    await door.close();
    expect(one.counts).toEqual({ starts: 1, removals: 1 });
  });

  it('starts nothing when nobody comes', async () => {
    const one = echo();
    const door = await keep(one.prepare, () => {});
    await door.close();
    expect(one.counts).toEqual({ starts: 0, removals: 0 });
    await expect(ask(door.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('turns everybody away and says why when it does not start', async () => {
    const failures: unknown[] = [];
    const door = await keep(
      async () => {
        throw new Error('no disk');
      },
      (error) => failures.push(error),
    );
    expect(await ask(door.port)).toBeUndefined();
    await expect(ask(door.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(String(failures)).toContain('no disk');
    await door.close();
  });
});
