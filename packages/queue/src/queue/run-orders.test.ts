import { openBackend } from '@fluxori/backend';
import type { KeyValueStore } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import { RunOrders } from './run-orders.js';

async function orders() {
  const { keyValues } = await openBackend('memory:');
  return new RunOrders(keyValues, 'room');
}

it('two orders for one job that are given at the same moment both arrive', async () => {
  const given = await orders();
  await Promise.all([given.send('job-1', { cancel: true }), given.send('job-1', { priority: 'high' })]);
  await expect(Array.fromAsync(given.take(new Set(['job-1'])))).resolves.toEqual([
    ['job-1', { cancel: true, priority: 'high' }],
  ]);
});

it('an order is taken once, by the one who has the job, and another that comes meanwhile is not taken away', async () => {
  const given = await orders();
  await given.send('job-1', { priority: 'high' });
  await given.send('job-2', { cancel: true });
  const [taken] = await Promise.all([given.takeFor('job-1'), given.send('job-1', { cancel: true })]);
  const left = await given.takeFor('job-1');
  expect({ ...taken, ...left }).toEqual({ priority: 'high', cancel: true });
  await expect(given.takeFor('job-1')).resolves.toBeUndefined();
  await expect(Array.fromAsync(given.take(new Set(['job-1'])))).resolves.toEqual([]);
  await expect(given.takeFor('job-2')).resolves.toEqual({ cancel: true });
});

it('an order that was taken is told, though the store goes away before the next one', async () => {
  const { keyValues } = await openBackend('memory:');
  const leaving: KeyValueStore = {
    get: async (key) => {
      if (key.endsWith('job-2')) throw new Error('The store is away.');
      return keyValues.get(key);
    },
    set: (...entry) => keyValues.set(...entry),
    delete: (key) => keyValues.delete(key),
    keys: (prefix) => keyValues.keys(prefix),
  };
  const given = new RunOrders(leaving, 'room');
  for (const jobId of ['job-1', 'job-2']) await given.send(jobId, { cancel: true });
  const told: string[] = [];
  const take = async () => {
    for await (const [jobId] of given.take(new Set(['job-1', 'job-2']))) told.push(jobId);
  };
  await expect(take()).rejects.toThrow('The store is away.');
  expect(told).toEqual(['job-1']);
});
