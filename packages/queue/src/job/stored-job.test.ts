import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineJob } from './job-definition.js';
import { packJob, unpackJob } from './stored-job.js';

const definition = defineJob<{ since: Date; skus: string[] }>({
  name: 'orders.import',
  section: 'orders',
  version: 2,
  payload: z.strictObject({
    since: z.iso.datetime().transform((text) => new Date(text)),
    skus: z.array(z.string().max(5)).default([]),
  }),
  async run() {},
});
const accountId = 'acme-za';

describe('a payload', () => {
  it('is kept as it was given and parsed when the job runs', () => {
    const stored = packJob(definition, { accountId, payload: { since: '2026-01-01T00:00:00Z' } });
    expect(stored).toEqual({ version: 2, accountId, payload: { since: '2026-01-01T00:00:00Z' } });
    expect(unpackJob(definition, stored)).toEqual({ since: new Date('2026-01-01T00:00:00Z'), skus: [] });
  });

  it('is checked as it will be read: a Date becomes text, what JSON cannot hold is refused', () => {
    const since = new Date('2026-01-01T00:00:00Z');
    expect(packJob(definition, { accountId, payload: { since } }).payload).toEqual({
      since: since.toISOString(),
    });
    expect(() => packJob(definition, { accountId, payload: { since: 1n } })).toThrow(
      'cannot be written as JSON',
    );
  });

  it('is refused with the field, every problem and the remedy, and without its values', () => {
    const payload = { since: 'yesterday', skus: ['too-long-a-sku'], buyer: 'Thandi' };
    const refuse = () => packJob(definition, { accountId, payload });
    expect(refuse).toThrow(
      expect.objectContaining({ code: 'JOB_PAYLOAD_INVALID', field: 'payload.since', account: accountId }),
    );
    expect(refuse).toThrow(/payload\.since.*payload\.skus\.0.*unknown field buyer.*add the job again/);
    expect(refuse).not.toThrow(/Thandi|too-long-a-sku|yesterday/);
  });

  it.each<[string, unknown, string]>([
    ['text', { toString: 0 }, 'payload.since'],
    ['text that is short enough', ['a', { length: { toString: 0 } }], 'payload.skus.1'],
    ['a list', { length: { valueOf: 0, toString: 0 } }, 'payload.skus'],
  ])('is refused by its field where an object comes as %s', (_, value, field) => {
    const payload = { since: '2026-01-01T00:00:00Z', [field.split('.')[1] as string]: value };
    expect(() => packJob(definition, { accountId, payload })).toThrow(
      expect.objectContaining({ code: 'JOB_PAYLOAD_INVALID', field }),
    );
  });

  it.each([[undefined], [null], [['acme-za']], [{ toString: 0 }], [7n]])(
    'is not taken for an account that has no name (%#)',
    (nobody) => {
      const payload = { since: '2026-01-01T00:00:00Z' };
      expect(() => packJob(definition, { accountId: nobody as never, payload })).toThrow(
        expect.objectContaining({ name: 'ValidationError', field: 'accountId' }),
      );
    },
  );

  it.each([
    [1, 'Add the job again with the present payload'],
    [3, 'Upgrade this worker'],
  ])('of version %i is refused with what to do', (version, remedy) => {
    const payload = { since: '2026-01-01T00:00:00Z' };
    expect(() => packJob(definition, { accountId, payload, version })).toThrow(
      expect.objectContaining({
        code: 'JOB_PAYLOAD_VERSION',
        field: 'version',
        remedy: expect.stringContaining(remedy),
      }),
    );
    expect(() => unpackJob(definition, { version, accountId: 'acme-za' as never, payload })).toThrow(remedy);
  });

  it('that somebody else wrote into the queue is refused', () => {
    expect(() => unpackJob(definition, {} as never)).toThrow(
      expect.objectContaining({ code: 'JOB_PAYLOAD_INVALID' }),
    );
    expect(() => unpackJob(definition, { version: 2, payload: {} } as never)).toThrow('accountId: missing');
  });
});

describe('defineJob', () => {
  it('lists every fault of a declaration', () => {
    const declare = () =>
      defineJob({
        name: 'Import orders',
        section: 'Orders!',
        version: 0,
        attempts: 0,
        payload: z.object({}),
        async run() {},
      });
    expect(declare).toThrow(/name.*section.*version.*attempts/);
  });
});
