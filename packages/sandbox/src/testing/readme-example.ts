import { startSandbox } from '../index.js';

/** The example of the README, which a test runs and compares. */
export async function example(): Promise<unknown> {
  await using sandbox = await startSandbox({ orders: 1200, skus: 300 });
  const { endpoints, credentials } = sandbox;

  const lwa = await fetch(`${endpoints.lwa}/auth/o2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credentials.refreshToken,
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    }),
  });
  const { access_token } = (await lwa.json()) as { access_token: string };

  await sandbox.faults.set({ kind: 'error', status: 503, operation: 'orders.searchOrders', count: 1 });
  const headers = { 'x-amz-access-token': access_token, 'user-agent': 'Example/1.0 (Language=TypeScript)' };
  const url = `${endpoints.eu}/orders/2026-01-01/orders?lastUpdatedAfter=2026-01-01T00:00:00Z`;
  const refused = await fetch(url, { headers });
  const served = await fetch(url, { headers });

  const { requests, throttled, tokenCalls } = sandbox.counters();
  return { statuses: [refused.status, served.status], requests, throttled, tokenCalls };
}
