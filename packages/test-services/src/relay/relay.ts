import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOnFreePort } from '../server/free-port.js';

/** A TCP relay in front of a server, on the loopback: the network between it and its clients, to be broken at will. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Resets every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts, and passes nothing either way: the other side has fallen silent. */
  stall(): void;
  /** Listens and passes again; what was held back by `stall` goes on. */
  heal(): Promise<void>;
  /** Passed so far: `up` to the server, `down` to its clients. */
  readonly bytes: { readonly up: number; readonly down: number };
}

interface Pair {
  readonly client: Socket;
  upstream?: Socket;
}

/** @param target - the loopback port of the server. */
export async function openRelay(target: number): Promise<Relay> {
  const pairs = new Set<Pair>();
  const bytes = { up: 0, down: 0 };
  let stalled = false;
  let port = 0;
  let listener: Server | undefined;

  const join = (pair: Pair) => {
    if (pair.upstream !== undefined || stalled) return;
    const { client } = pair;
    const upstream = connect(target, '127.0.0.1');
    pair.upstream = upstream;
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk) => {
      bytes.up += chunk.length;
      if (!upstream.write(chunk)) client.pause();
    });
    upstream.on('drain', () => stalled || client.resume());
    upstream.on('data', (chunk) => {
      bytes.down += chunk.length;
      if (!client.write(chunk)) upstream.pause();
    });
    client.on('drain', () => stalled || upstream.resume());
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
  };

  const listen = async () => {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
      const pair: Pair = { client };
      pairs.add(pair);
      client.on('error', () => client.destroy());
      client.on('close', () => pairs.delete(pair));
      join(pair);
      if (!stalled) client.resume();
    });
    if (port === 0) port = await listenOnFreePort(server);
    else {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    }
    listener = server;
  };

  const cut = async () => {
    const closing = listener;
    listener = undefined;
    const closed = closing && once(closing, 'close');
    closing?.close();
    for (const { client, upstream } of pairs) {
      client.resetAndDestroy();
      upstream?.resetAndDestroy();
    }
    pairs.clear();
    await closed;
  };

  await listen();
  return {
    get port() {
      return port;
    },
    bytes,
    cut,
    stall: () => {
      stalled = true;
      for (const { client, upstream } of pairs) {
        client.pause();
        upstream?.pause();
      }
    },
    heal: async () => {
      stalled = false;
      if (listener === undefined) await listen();
      for (const pair of pairs) {
        join(pair);
        pair.client.resume();
        pair.upstream?.resume();
      }
    },
    [Symbol.asyncDispose]: cut,
  };
}
