import { noAudit } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeRecords } from '../conformance/records.js';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';
import { ErasedOrders } from './erased-orders.js';
import { ProtectedRecordStore } from './protected-record-store.js';

describe('records that are protected', () => {
  let backend: FluxoriBackend;
  let names = 0;

  beforeAll(async () => {
    const store = await openBackend('memory:');
    const erased = new ErasedOrders(store.keyValues);
    const records = new ProtectedRecordStore({ store: store.records, audit: noAudit, erased });
    backend = { ...store, records };
  });
  afterAll(() => backend.close());

  describeRecords(
    { describe, it, beforeAll, afterAll, expect },
    {
      get backend() {
        return backend;
      },
      now: () => Date.now(),
      slackMs: 0,
      lateMs: 0,
      pass: async () => {},
      play: (scene) => scene(() => {}, 1),
      unique: (word) => `${word}-${++names}`,
    },
  );
});
