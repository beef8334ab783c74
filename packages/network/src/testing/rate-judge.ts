import { createServer, type Server } from 'node:http';

/** What became of the requests of one scenario. */
export interface Verdict {
  readonly served: number;
  readonly refused: number;
  /** Calls that lined up later, and how many others were served before each of them. */
  readonly overtaken: readonly number[];
}

interface Bucket {
  level: number;
  at: number;
}

interface Protocol {
  firstAt: number | undefined;
  readonly servedAt: number[];
  refused: number;
  readonly overtaken: number[];
}

/**
 * A process of its own for `rate.bench.ts`: the far side, with a true token bucket per seller, for any number of scenarios.
 *
 *     GET /call/<scenario>/<rate>/<burst>/<seller>          200, or 429 without a token
 *     GET /call/…/<seller>?urgent=<served when it lined up> the same, and remembers how many were served meanwhile
 *     GET /verdict/<scenario>?from=<s>&until=<s>            Verdict; served between these seconds after the first request
 */
export function judge(): Server {
  const buckets = new Map<string, Bucket>();
  const protocols = new Map<string, Protocol>();
  const protocolOf = (scenario: string) => {
    const protocol = protocols.get(scenario) ?? {
      firstAt: undefined,
      servedAt: [],
      refused: 0,
      overtaken: [],
    };
    protocols.set(scenario, protocol);
    return protocol;
  };
  const server = createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://judge');
    const [, kind, scenario = '', rate, burst, seller] = url.pathname.split('/');
    const protocol = protocolOf(scenario);
    if (kind === 'verdict') {
      const seconds = (name: string) => url.searchParams.get(name) ?? undefined;
      return answer(200, verdictOf(protocol, Number(seconds('from') ?? 0), Number(seconds('until') ?? 1e9)));
    }
    // Warming up.
    if (seller === '-1') return answer(200, {});
    protocol.firstAt ??= performance.now();
    if (!take(`${scenario}/${seller}`, Number(rate), Number(burst))) {
      protocol.refused += 1;
      return answer(429, {});
    }
    const urgent = url.searchParams.get('urgent');
    if (urgent !== null) protocol.overtaken.push(protocol.servedAt.length - Number(urgent));
    protocol.servedAt.push(performance.now());
    answer(200, {});

    function answer(status: number, body: object): void {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
  });

  function take(key: string, rate: number, burst: number): boolean {
    const now = performance.now();
    const bucket = buckets.get(key) ?? { level: burst, at: now };
    buckets.set(key, bucket);
    bucket.level = Math.min(burst, bucket.level + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    if (bucket.level < 1) return false;
    bucket.level -= 1;
    return true;
  }
  server.keepAliveTimeout = 60_000;
  return server;
}

function verdictOf(
  { firstAt = 0, servedAt, refused, overtaken }: Protocol,
  from: number,
  until: number,
): Verdict {
  const seconds = servedAt.map((at) => (at - firstAt) / 1_000);
  return { served: seconds.filter((at) => at >= from && at <= until).length, refused, overtaken };
}

const server = judge().listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.once('disconnect', () => process.exit());
