import { openBackend } from '@fluxori/backend';
import { expect, it } from '@jest/globals';
import { RunOrders } from './run-orders.js';

async function orders() {
  const { keyValues } = await openBackend('memory:');
  return new RunOrders(keyValues, 'room');
}

it('two orders for one job that are given at the same moment both arrive', async () => {
  const given = await orders();
  await Promise.all([given.send('job-1', { cancel: true }), given.send('job-1', { priority: 'high' })]);
  await expect(given.take(new Set(['job-1']))).resolves.toEqual(
    new Map([['job-1', { cancel: true, priority: 'high' }]]),
  );
});

it('an order is taken once, by the one who has the job, and another that comes meanwhile is not taken away', async () => {
  const given = await orders();
  await given.send('job-1', { priority: 'high' });
  await given.send('job-2', { cancel: true });
  const [taken] = await Promise.all([given.takeFor('job-1'), given.send('job-1', { cancel: true })]);
  const left = await given.takeFor('job-1');
  expect({ ...taken, ...left }).toEqual({ priority: 'high', cancel: true });
  await expect(given.takeFor('job-1')).resolves.toBeUndefined();
  await expect(given.take(new Set(['job-1']))).resolves.toEqual(new Map());
  await expect(given.takeFor('job-2')).resolves.toEqual({ cancel: true });
});
