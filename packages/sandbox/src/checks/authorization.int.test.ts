import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Wire } from '../testing/wire.js';
import { denials } from './authorization.js';

const participations = '/sellers/v1/marketplaceParticipations';
const denied = (details: unknown) => ({
  errors: [{ code: 'Unauthorized', message: 'Access to requested resource is denied.', details }],
});

describe('The access token', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({
      orders: 20,
      skus: 10,
      rateLimits: false,
      sellers: [{ marketplaces: ['ZA'] }, { marketplaces: ['US', 'ZA'] }],
    });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it('is missed', async () => {
    const answer = await wire.get(participations, undefined, { token: null });
    expect([answer.status, answer.json]).toEqual([403, denied(denials.missing)]);
    expect(answer.headers['x-amzn-errortype']).toBe('AccessDeniedException');
  });

  it.each([['Atza|nonsense'], ['Atza|e30.AAAA'], ['x']])('is malformed: %s', async (token) => {
    const answer = await wire.get(participations, undefined, { token });
    expect([answer.status, answer.json]).toEqual([403, denied(denials.invalid)]);
  });

  it('is refused when a single character of it was changed', async () => {
    const token = await wire.token();
    const middle = Math.floor(token.length / 2);
    const changed = token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1);
    expect((await wire.get(participations, undefined, { token: changed })).json).toEqual(
      denied(denials.invalid),
    );
  });

  it('expires after its lifetime', async () => {
    const start = Date.UTC(2026, 10, 20);
    let now = start;
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    await using short = await startSandbox({ orders: 5, skus: 5, accessTokenLifetimeSeconds: 60, clock });
    const caller = new Wire(short);
    await caller.token();
    now = start + 59_999;
    expect((await caller.get(participations)).status).toBe(200);
    now = start + 60_000;
    const answer = await caller.get(participations);
    expect([answer.status, answer.json]).toEqual([403, denied(denials.expired)]);
  });

  it('is still good after the sandbox was started anew with the same seed', async () => {
    const token = await wire.token();
    await using again = await startSandbox({ orders: 5, skus: 5 });
    expect((await new Wire(again).get(participations, undefined, { token })).status).toBe(200);
    await using other = await startSandbox({ orders: 5, skus: 5, seed: 1 });
    expect((await new Wire(other).get(participations, undefined, { token })).status).toBe(403);
  });

  it('of a seller does not do for a grantless operation, nor the other way round', async () => {
    const destinations = '/notifications/v1/destinations';
    expect((await wire.get(destinations)).status).toBe(403);
    const token = await wire.grantless('sellingpartnerapi::notifications');
    expect((await wire.get(destinations, undefined, { token })).status).toBe(200);
    expect((await wire.get(participations, undefined, { token })).status).toBe(403);
    const rotation = await wire.grantless('sellingpartnerapi::client_credential:rotation');
    expect((await wire.get(destinations, undefined, { token: rotation })).status).toBe(403);
  });

  it('does not reach a region in which the seller has no marketplace', async () => {
    expect((await wire.get(participations, undefined, { region: 'na' })).status).toBe(403);
    const wide = new Wire(sandbox, sandbox.accounts[1]);
    const answer = await wide.get(participations, undefined, { region: 'na' });
    expect(answer.json.payload.map((one: { marketplace: { id: string } }) => one.marketplace.id)).toEqual([
      'ATVPDKIKX0DER',
    ]);
  });

  it.each([
    ['a marketplace of the region in which he does not take part', 'A1F83G8C2ARO7P', 403],
    ['a marketplace of another region', 'ATVPDKIKX0DER', 403],
    ['a marketplace that does not exist', 'XX', 400],
  ])('does not open to a seller %s', async (_what, marketplaceIds, status) => {
    const query = { lastUpdatedAfter: '2026-01-01T00:00:00Z', marketplaceIds };
    expect((await wire.get('/orders/2026-01-01/orders', query)).status).toBe(status);
  });

  it("does not open another seller's listings", async () => {
    const query = { marketplaceIds: 'AE08WJ6YKNBMC' };
    const other = sandbox.accounts[1]?.sellerId;
    expect((await wire.get(`/listings/2021-08-01/items/${other}`, query)).status).toBe(403);
    expect((await wire.get(`/listings/2021-08-01/items/${sandbox.credentials.sellerId}`, query)).status).toBe(
      200,
    );
  });
});
