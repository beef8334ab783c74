import { ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { AccessTokens, type TokenSubject } from './access-tokens.js';

const seller: TokenSubject = { kind: 'seller', clientId: 'c', sellerId: 'A1' };
const other: TokenSubject = { kind: 'seller', clientId: 'c', sellerId: 'A2' };
const app: TokenSubject = { kind: 'grantless', clientId: 'c', scope: 's' };

describe('AccessTokens', () => {
  it('keeps what a token stands for', () => {
    const tokens = new AccessTokens(1, new ManualClock());
    const resources = [{ method: 'GET', path: '/x', dataElements: ['buyerInfo'] }];
    for (const subject of [seller, app, { kind: 'rdt', clientId: 'c', sellerId: 'A1', resources }] as const)
      expect(tokens.check(tokens.issue(subject, 1_000))).toMatchObject({ kind: 'valid', claims: subject });
  });

  it('expires, revokes and spares what comes after, though the clock stands still', () => {
    const tokens = new AccessTokens(1, new ManualClock());
    const old = tokens.issue(seller, 1_000);
    tokens.expireAll();
    const middle = tokens.issue(seller, 1_000);
    expect([tokens.check(old).kind, tokens.check(middle).kind]).toEqual(['expired', 'valid']);
    tokens.revokeAll();
    const young = tokens.issue(seller, 1_000);
    expect([tokens.check(middle).kind, tokens.check(young).kind]).toEqual(['invalid', 'valid']);
  });

  it("revokes one seller's tokens and no other's", () => {
    const tokens = new AccessTokens(1, new ManualClock());
    const [one, two, three] = [seller, other, app].map((subject) => tokens.issue(subject, 1_000)) as [
      string,
      string,
      string,
    ];
    tokens.revokeSeller('A1');
    expect([one, two, three].map((token) => tokens.check(token).kind)).toEqual(['invalid', 'valid', 'valid']);
    expect(tokens.check(tokens.issue(seller, 1_000)).kind).toBe('valid');
  });

  it('takes no token with the prefix of another kind, or of another seed', () => {
    const tokens = new AccessTokens(1, new ManualClock());
    const token = tokens.issue(app, 1_000);
    expect(tokens.check(token.replace('Atc|', 'Atza|')).kind).toBe('invalid');
    expect(new AccessTokens(2, new ManualClock()).check(token).kind).toBe('invalid');
    expect(new AccessTokens(1, new ManualClock()).check(token).kind).toBe('valid');
  });
});
