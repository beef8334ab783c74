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

/**
 * A process of its own for `rate.bench.ts`: the far side, with a true token bucket per seller, for any number of scenarios.
 *
 *     GET /call/<scenario>/<rate>/<burst>/<seller>          200, or 429 without a token
 *     GET /call/…/<seller>?urgent=<served when it lined up> the same, and remembers how many were served meanwhile
 *     GET /verdict/<scenario>                               Verdict
 */
export function judge(): Server {
  const buckets = new Map<string, Bucket>();
  const verdicts = new Map<string, { served: number; refused: number; overtaken: number[] }>();
  const verdictOf = (scenario: string) => {
    const verdict = verdicts.get(scenario) ?? { served: 0, refused: 0, overtaken: [] };
    verdicts.set(scenario, verdict);
    return verdict;
  };
  const server = createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://judge');
    const [, kind, scenario = '', rate, burst, seller] = url.pathname.split('/');
    const verdict = verdictOf(scenario);
    if (kind === 'verdict') return answer(200, verdict);
    const urgent = url.searchParams.get('urgent');
    // Warming up.
    if (seller === '-1') return answer(200, {});
    if (!take(`${scenario}/${seller}`, Number(rate), Number(burst))) {
      verdict.refused += 1;
      return answer(429, {});
    }
    if (urgent !== null) verdict.overtaken.push(verdict.served - Number(urgent));
    verdict.served += 1;
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

const server = judge().listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.once('disconnect', () => process.exit());
