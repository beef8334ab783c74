import type { HttpTransport } from '../transport/http-transport.js';
import type { Timeouts } from '../transport/timeouts.js';
import { failureOf } from '../transport/transport-failure.js';

/** Gateways answer so while what is behind them is away; then the host is not back yet. */
const stillAway: ReadonlySet<number> = new Set([502, 503, 504]);

const probeTimeouts: Timeouts = { connectMs: 3_000, firstByteMs: 3_000, idleMs: 3_000, attemptMs: 5_000 };

/**
 * Looks whether a host is there: a bare `HEAD /`, without a token, which costs no quota. Any answer will do, also 403 or 404, but for those with
 * which a gateway says that nobody is behind it.
 */
export async function probeHost(
  transport: HttpTransport,
  origin: string,
  options: { headers: Readonly<Record<string, string>>; timeouts: Timeouts; signal: AbortSignal },
): Promise<void> {
  const { timeouts } = options;
  const answer = await transport.send(
    { method: 'HEAD', url: new URL('/', origin), headers: options.headers },
    {
      timeouts: {
        connectMs: Math.min(probeTimeouts.connectMs, timeouts.connectMs),
        firstByteMs: Math.min(probeTimeouts.firstByteMs, timeouts.firstByteMs),
        idleMs: Math.min(probeTimeouts.idleMs, timeouts.idleMs),
        attemptMs: Math.min(probeTimeouts.attemptMs, timeouts.attemptMs),
      },
      signal: options.signal,
      maxBytes: 65_536,
    },
  );
  if (stillAway.has(answer.status))
    throw failureOf('FLUXORI_STILL_AWAY', `the gateway answered ${answer.status}`);
}
