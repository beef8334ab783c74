import { sleep } from '@fluxori/core';
import type { FluxoriBackend } from '../../fluxori-backend.js';
import type { Pulse } from '../pulse.js';
import type { Order } from './orders.js';

/** What a process under test has. */
export interface Belongings {
  readonly backend: FluxoriBackend;
  /** The locks that are held until they are to be released. */
  readonly held: Map<string, () => void>;
  readonly pulse: Pulse;
}

/** Nobody dies at it, and nobody whom the machine holds up is to lose the lock. */
const longMs = 600_000;

/** Does what is told. */
export async function carryOut({ backend, held, pulse }: Belongings, order: Order): Promise<unknown> {
  switch (order.do) {
    case 'call': {
      const port = backend[order.port] as unknown as Record<string, (...args: unknown[]) => unknown>;
      return port[order.method]!(...order.args);
    }
    case 'hold':
      return hold(backend, held, order.lock, order.ttlMs);
    case 'release':
      held.get(order.lock)?.();
      return held.delete(order.lock);
    case 'count up':
      for (let time = 0; time < order.times; time++) {
        await backend.locks.withLock(order.lock, () => countUp(backend, order.key), { ttlMs: longMs });
      }
      return undefined;
    case 'make once':
      return backend.locks.withLock(order.lock, () => makeOnce(backend, order.key), { ttlMs: longMs });
    case 'tell hold-ups':
      return pulse.longestGapMs();
    case 'take on':
      return takeOn(backend, order);
  }
}

function hold(
  backend: FluxoriBackend,
  held: Map<string, () => void>,
  lock: string,
  ttlMs: number | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    backend.locks
      .withLock(
        lock,
        () =>
          new Promise<void>((release) => {
            held.set(lock, release);
            resolve();
          }),
        ttlMs === undefined ? {} : { ttlMs },
      )
      .catch(reject);
  });
}

/** Without a lock around it, others' steps are lost in the pause. */
async function countUp(backend: FluxoriBackend, key: string): Promise<void> {
  const before = Number((await backend.keyValues.get(key)) ?? 0);
  await sleep(2);
  await backend.keyValues.set(key, before + 1);
}

async function makeOnce(backend: FluxoriBackend, key: string): Promise<unknown> {
  const { keyValues } = backend;
  const there = await keyValues.get(key);
  if (there !== undefined) return there;
  await countUp(backend, `${key} made`);
  await sleep(50);
  await keyValues.set(key, `by ${process.pid}`);
  return `by ${process.pid}`;
}

async function takeOn(
  { buckets }: FluxoriBackend,
  { limits, options, ms }: Extract<Order, { do: 'take on' }>,
): Promise<number> {
  const end = performance.now() + ms;
  let granted = 0;
  for (;;) {
    const result = await buckets.take(limits, options);
    if (result.granted) {
      granted++;
      await buckets.settle(result.grant);
    } else if (ms === 0) {
      return granted;
    } else {
      await sleep(5);
    }
    if (ms > 0 && performance.now() >= end) return granted;
  }
}
