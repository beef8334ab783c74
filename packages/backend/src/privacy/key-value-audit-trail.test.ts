import { type KeyValueStore, ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { KeyValueAuditTrail } from './key-value-audit-trail.js';

describe('The audit trail', () => {
  it.each([
    ['2026-11-10T12:00:00Z', 1],
    ['2026-11-08T23:00:00Z', 3],
    ['1970-01-01T00:00:00Z', 1],
  ])('since %s is read with few looks: %i', async (since, looks) => {
    const looked: string[] = [];
    const keyValues = {
      keys: async (prefix: string) => {
        looked.push(prefix);
        return [];
      },
    } as unknown as KeyValueStore;
    const clock = new ManualClock(Date.parse('2026-11-10T13:00:00Z'));
    await new KeyValueAuditTrail({ keyValues, actor: 'a test', clock }).list({ since: new Date(since) });
    expect(looked).toHaveLength(looks);
  });
});
