import type { TestServices } from '../test-services.js';

/** Jest's set-up and tear-down share one process, and nothing else. */
export const running = globalThis as { [key: symbol]: TestServices | undefined };
export const key: symbol = Symbol.for('fluxori.test-services');
