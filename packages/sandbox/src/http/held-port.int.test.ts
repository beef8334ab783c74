import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HeldPort } from './held-port.js';

const host = '127.0.0.1';

async function listening(port = 0) {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('A held port', () => {
  it('refuses whoever knocks, and is listened on again when it is released', async () => {
    const { server, port } = await listening();
    const held = await HeldPort.hold(host, port, () => server.close());
    expect(held?.port).toBe(port);
    await expect(once(connect({ host, port }), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    held?.release();
    const again = await listening(port);
    expect(again.port).toBe(port);
    again.server.close();
  });

  it('is free where it cannot be kept', async () => {
    const { server, port } = await listening();
    // Nobody left it, so it is taken.
    expect(await HeldPort.hold(host, port, () => undefined)).toBeUndefined();
    server.close();
    await once(server, 'close');
    (await listening(port)).server.close();
  });

  it('is left also where nothing can be kept: at a name, at an address of another machine', async () => {
    for (const elsewhere of ['127.1', '192.0.2.1']) {
      const left: string[] = [];
      expect(await HeldPort.hold(elsewhere, 1, () => left.push(elsewhere))).toBeUndefined();
      expect(left).toEqual([elsewhere]);
    }
  });
});
