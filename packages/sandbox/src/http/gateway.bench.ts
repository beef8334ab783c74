import { Agent, get } from 'node:http';
import type { BenchResult } from '@fluxori/bench';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';

const inFlight = 16;

/** How many requests a second the sandbox serves, client and sandbox in one process. */
export async function bench(): Promise<BenchResult> {
  await using sandbox = await startSandbox({ orders: 1_200, skus: 1_000, rateLimits: false });
  const token = await accessToken(sandbox);
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const [id] = sandbox.orderIds();
  const orders = '/orders/2026-01-01/orders';
  const one = await perSecond(`${orders}/${id}`, 20_000);
  const page = await perSecond(`${orders}?lastUpdatedAfter=2020-01-01T00:00:00Z`, 500);
  agent.destroy();
  return {
    figures: { 'getOrder per second': one, 'searchOrders of 100 per second': page },
    bars: [{ what: 'simple requests per second, at least', value: one, limit: 3_000, ok: one >= 3_000 }],
  };

  async function perSecond(path: string, count: number): Promise<number> {
    const started = performance.now();
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (sent++ < count) await request(`${sandbox.endpoints.eu}${path}`, agent, token);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return Math.round(count / ((performance.now() - started) / 1_000));
  }
}

async function accessToken({ credentials, endpoints }: Sandbox): Promise<string> {
  const { clientId, clientSecret, refreshToken } = credentials;
  const answer = await fetch(`${endpoints.lwa}/auth/o2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

function request(url: string, agent: Agent, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'Bench/1.0', 'x-amz-access-token': token };
    get(url, { agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}
