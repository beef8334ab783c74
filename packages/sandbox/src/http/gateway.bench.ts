/** How many requests a second the sandbox serves. Build, then: `pnpm exec node packages/sandbox/src/http/gateway.bench.ts` */
import { Agent, get } from 'node:http';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';

const inFlight = 16;

async function bench(): Promise<void> {
  await using sandbox = await startSandbox({ orders: 1_200, skus: 1_000, rateLimits: false });
  const token = await accessToken(sandbox);
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const [id] = sandbox.orderIds();
  const orders = '/orders/2026-01-01/orders';
  await measure('getOrder', `${orders}/${id}`, 20_000);
  await measure('searchOrders, 100 a page', `${orders}?lastUpdatedAfter=2020-01-01T00:00:00Z`, 500);
  agent.destroy();

  async function measure(name: string, path: string, count: number): Promise<void> {
    const started = performance.now();
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (sent++ < count) await request(`${sandbox.endpoints.eu}${path}`, agent, token);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    const perSecond = Math.round(count / ((performance.now() - started) / 1_000));
    process.stdout.write(`${name}: ${perSecond} a second, client and sandbox in one process\n`);
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

await bench();
