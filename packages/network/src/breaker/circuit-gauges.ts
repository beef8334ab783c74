import type { GaugeSource } from '@fluxori/core';
import { networkMetrics } from '../metric-names.js';
import type { CircuitState } from './circuit.js';
import { circuitPositions } from './circuits.js';

/** The circuit of every host that was called, also of those that never failed. */
export function circuitGauges(client: { circuits(): readonly CircuitState[] }): GaugeSource {
  const { circuit } = networkMetrics;
  return {
    name: 'circuits',
    gauges: [circuit],
    read: async () =>
      client
        .circuits()
        .map(({ host, state }) => ({ name: circuit.name, labels: { host }, value: circuitPositions[state] })),
  };
}
