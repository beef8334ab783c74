import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { clientOf, connectWithin } from './connect-within.js';

/** What holds a process up as long as it is open. */
function socketOf(client: pg.Client): { readonly destroyed: boolean } {
  return (client as unknown as { connection: { stream: { readonly destroyed: boolean } } }).connection.stream;
}

describe('connecting to a PostgreSQL that takes the call and says nothing, not even goodbye', () => {
  it.each([
    ['in plain', false],
    ['in TLS', { rejectUnauthorized: false }],
  ])('is left at once when it is aborted, and nothing stays behind (%s)', async (_, ssl) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {}).resume();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = clientOf({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ssl });
    const leaving = new AbortController();
    const called = once(server, 'connection');
    const connecting = connectWithin(client, 600_000, leaving.signal);
    const [socket] = await called;
    // As whoever opens a backend does.
    leaving.signal.addEventListener('abort', () => void client.end());
    leaving.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
    expect(socketOf(client).destroyed).toBe(true);
    socket.destroy();
    server.close();
  });
});
