import type { HttpTransport } from '../transport/http-transport.js';
import type { Timeouts } from '../transport/timeouts.js';
import { failureOf } from '../transport/transport-failure.js';

/** Gateways answer so while what is behind them is away; then the host is not back yet. */
const stillAway: ReadonlySet<number> = new Set([502, 503, 504]);

/** One look may take so long: enough for name, TCP and TLS over a slow line. */
const lookMs = 4_000;

export interface ProbeOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  /** While a look hangs, another begins after so long. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks whether a host is there: a bare `HEAD /`, without a token, which costs no quota. Any answer will do, also 403 or 404, but for those with
 * which a gateway says that nobody is behind it.
 *
 * A look into a dead line hangs until its time is over, also when the line comes back in between. So others set out meanwhile, and the first
 * to come home decides.
 *
 * @throws when the first look to end finds nobody; the signal's reason when aborted.
 */
export async function probeHost(
  transport: HttpTransport,
  origin: string,
  options: ProbeOptions,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, options.signal]);
  let again: ReturnType<typeof setInterval> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const send = () => look(transport, origin, { ...options, signal }).then(resolve, reject);
      again = setInterval(send, options.everyMs);
      void send();
    });
  } finally {
    clearInterval(again);
    over.abort();
  }
}

async function look(
  transport: HttpTransport,
  origin: string,
  { headers, timeouts, signal }: ProbeOptions,
): Promise<void> {
  const answer = await transport.send(
    { method: 'HEAD', url: new URL('/', origin), headers },
    {
      timeouts: {
        connectMs: Math.min(lookMs, timeouts.connectMs),
        firstByteMs: Math.min(lookMs, timeouts.firstByteMs),
        idleMs: Math.min(lookMs, timeouts.idleMs),
        attemptMs: Math.min(lookMs, timeouts.attemptMs),
      },
      signal,
      maxBytes: 65_536,
    },
  );
  if (stillAway.has(answer.status)) {
    throw failureOf('FLUXORI_STILL_AWAY', `the gateway answered ${answer.status}`);
  }
}
