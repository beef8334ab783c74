import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { ManualClock } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthorisationStates } from './authorisation-states.js';

const request = {
  account: 'acme-za',
  marketplaceId: 'AE08WJ6YKNBMC',
  sellerId: 'A1',
  redirectUri: 'https://a/',
};
let backend: FluxoriBackend;
let clock: ManualClock;

beforeEach(async () => {
  backend = await openBackend('memory:');
  clock = new ManualClock(Date.now());
});
afterEach(() => backend.close());

/** As another process of the same web application has it. */
const states = () => new AuthorisationStates({ keyValues: backend.keyValues, locks: backend.locks, clock });
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: { code: string; details: { reason: string } }) => `${error.code} ${error.details.reason}`,
  );

describe('the state of an authorisation', () => {
  it('brings back what it is bound to, also in another process', async () => {
    const { state, expiresAt } = await states().issue(request, 'session-1');
    expect(expiresAt.getTime() - clock.now()).toBe(15 * 60_000);
    expect(await states().redeem(state, 'session-1')).toEqual(request);
  });

  it('is good once, for all who come at the same time together', async () => {
    const { state } = await states().issue(request, 'session-1');
    const all = await Promise.all(
      Array.from({ length: 20 }, () => refusal(states().redeem(state, 'session-1'))),
    );
    expect(all.filter((one) => one === 'accepted')).toHaveLength(1);
    expect(new Set(all)).toEqual(new Set(['accepted', 'AUTH_STATE_INVALID used']));
  });

  it('is not accepted from who did not ask for it, and is used up by the attempt', async () => {
    const { state } = await states().issue(request, 'session-1');
    expect(await refusal(states().redeem(state, 'session-2'))).toBe('AUTH_STATE_INVALID other-asker');
    expect(await refusal(states().redeem(state, 'session-1'))).toBe('AUTH_STATE_INVALID used');
  });

  it('ends after its time, and says so instead of "unknown"', async () => {
    const { state } = await states().issue(request, 'session-1');
    await clock.advance(15 * 60_000);
    expect(await refusal(states().redeem(state, 'session-1'))).toBe('AUTH_STATE_INVALID expired');
  });

  it('cannot be left out, guessed or made long', async () => {
    const { state } = await states().issue(request, 'session-1');
    const swapped = (state.startsWith('A') ? 'B' : 'A') + state.slice(1);
    for (const [given, reason] of [
      [undefined, 'missing'],
      ['', 'missing'],
      [swapped, 'unknown'],
      [state.slice(0, -1), 'unknown'],
      ['x'.repeat(100_000), 'unknown'],
      ['../other-key', 'unknown'],
    ] as const) {
      expect(await refusal(states().redeem(given, 'session-1'))).toBe(`AUTH_STATE_INVALID ${reason}`);
    }
    expect(await refusal(states().redeem(state, 'session-1'))).toBe('accepted');
  });

  it('lies in the store neither itself nor with the session that asked', async () => {
    const { state } = await states().issue(request, 'session-secret');
    const [key] = await backend.keyValues.keys('authorisation-state/');
    const stored = `${key} ${JSON.stringify(await backend.keyValues.get(key as string))}`;
    expect(stored).toContain('acme-za');
    expect(stored).not.toContain(state);
    expect(stored).not.toContain('session-secret');
  });

  it('is another each time, of 256 bits', async () => {
    const some = await Promise.all(Array.from({ length: 50 }, () => states().issue(request, 's')));
    expect(new Set(some.map(({ state }) => state)).size).toBe(50);
    expect(Buffer.from(some[0]?.state ?? '', 'base64url')).toHaveLength(32);
  });
});
