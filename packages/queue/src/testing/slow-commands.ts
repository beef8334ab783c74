import type { FluxoriBackend } from '@fluxori/backend';
import { sleep } from '@fluxori/core';
import type { IQueueBackend } from 'bullmq';

/** How long a command takes to reach the store, and its answer to come back. Milliseconds. */
export interface Slowness {
  readonly there?: number;
  readonly back?: number;
}

/** The same backend, in which some of BullMQ's commands take their time. */
export function slowCommands(
  backend: FluxoriBackend,
  slowness: Partial<Record<keyof IQueueBackend, Slowness>>,
): FluxoriBackend {
  const slow = new Map<PropertyKey, Slowness>(Object.entries(slowness));
  return {
    ...backend,
    async queueConnection() {
      const connection = await backend.queueConnection();
      const backendFactory: typeof connection.backendFactory = (...args) =>
        slowed(connection.backendFactory(...args), slow);
      return { ...connection, backendFactory };
    },
  };
}

function slowed(backend: IQueueBackend, slow: ReadonlyMap<PropertyKey, Slowness>): IQueueBackend {
  return new Proxy(backend, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const terms = slow.get(property);
      if (terms === undefined) return value.bind(target);
      return async (...args: unknown[]) => {
        if (terms.there !== undefined) await sleep(terms.there);
        const answer: unknown = await Reflect.apply(value, target, args);
        if (terms.back !== undefined) await sleep(terms.back);
        return answer;
      };
    },
  });
}
