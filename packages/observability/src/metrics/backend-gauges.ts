import { type Backend, type GaugeSource, type Health, sleep } from '@fluxori/core';
import { backendMetrics } from './metric-names.js';

/** A store that takes longer than this for a small question cannot be worked with. */
const patienceMs = 2_000;

/** Whether the store is there, and how quick. */
export function backendGauges(backend: Pick<Backend, 'kind' | 'health'>): GaugeSource {
  const { up, latency } = backendMetrics;
  const labels = { kind: backend.kind };
  return {
    name: 'backend',
    gauges: [up, latency],
    async read({ signal }) {
      const startedAt = performance.now();
      const health = await answerOf(backend, signal);
      const seconds = (performance.now() - startedAt) / 1_000;
      if (health === undefined || health.status === 'down') return [{ name: up.name, value: 0, labels }];
      return [
        { name: up.name, value: 1, labels },
        { name: latency.name, value: seconds, labels },
      ];
    },
  };
}

async function answerOf(backend: Pick<Backend, 'health'>, signal: AbortSignal): Promise<Health | undefined> {
  const over = new AbortController();
  const asked = async () => backend.health();
  const late = sleep(patienceMs, AbortSignal.any([signal, over.signal])).then(() => undefined);
  try {
    return await Promise.race([asked(), late]);
  } catch {
    return undefined;
  } finally {
    over.abort();
  }
}
