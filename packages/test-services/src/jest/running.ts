/** Jest's set-up and tear-down share one process, and nothing else. */
export const running = globalThis as { [key: symbol]: AsyncDisposable | undefined };
export const key: symbol = Symbol.for('fluxori.test-services');
