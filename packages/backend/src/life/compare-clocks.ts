import type { Logger } from '@fluxori/core';

export interface ClockReading {
  /** What the store's clock said, at some moment between the two below. Milliseconds since the epoch, as those. */
  readonly storeMs: number;
  readonly askedAtMs: number;
  readonly heardAtMs: number;
}

/** Within some seconds nothing goes wrong; locks of running jobs stand half a minute. */
const tolerableMs = 10_000;

/** How far our clock is ahead of the store's at the least; negative when it is behind. */
export function aheadMs({ storeMs, askedAtMs, heardAtMs }: ClockReading): number {
  if (askedAtMs > storeMs) return askedAtMs - storeMs;
  return Math.min(heardAtMs - storeMs, 0);
}

/**
 * Warns where this machine's clock and the store's disagree. Limits and leases go by the store's alone; parking and the locks of jobs, which are
 * BullMQ's, go by the workers' own.
 */
export function compareClocks(reading: ClockReading, store: string, host: string, logger: Logger): void {
  const ms = aheadMs(reading);
  if (Math.abs(ms) < tolerableMs) return;
  logger.warn(
    { host, clockAheadMs: ms },
    `The clock of this machine is ${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} that of ${store}: jobs that wait would go on at the wrong time, and running ones be taken for lost. Run a time service (NTP) on both.`,
  );
}
