import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { failureOf } from './transport-failure.js';

/** Tells when a request's connection stands, TLS included, or that the proxy would not open one. */
export function watchConnection(
  request: ClientRequest,
  secure: boolean,
  tell: { connected: () => void; refused: (error: Error) => void },
): void {
  request.once('socket', (socket: Socket) => {
    if (request.reusedSocket) tell.connected();
    else if (secure) socket.once('secureConnect', tell.connected);
    else if (socket.connecting) socket.once('connect', tell.connected);
    else tell.connected();
  });
  request.once('proxyConnect', (answer: { statusCode?: number }) => {
    if (answer.statusCode === undefined || answer.statusCode === 200) return;
    tell.refused(failureOf('FLUXORI_PROXY_REFUSED', `the proxy answered CONNECT with ${answer.statusCode}`));
  });
}
