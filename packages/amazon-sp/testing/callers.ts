import { type AmazonSpConfigInput, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory } from '@fluxori/core';
import { openPatiently } from './open-patiently.ts';

/** What a process of callers is started with, as JSON in its first argument. */
export interface CallersTask {
  readonly backend: string;
  /** It loses nothing when it stands still (see `openPatiently`). */
  readonly patient: boolean;
  readonly config: AmazonSpConfigInput;
  readonly callers: number;
  readonly orderId: string;
}

/** What it tells its parent. */
export type CallersNews =
  | { readonly ready: true }
  | { readonly served: number; readonly failures: readonly string[] };

/**
 * A process of its own, run by Node from this file: so many callers that ask for one order again and again, from the parent's first word to
 * its second. Everything they share with other processes lies in the backend.
 */
async function main(task: CallersTask): Promise<void> {
  await using backend = await (task.patient ? openPatiently : openBackend)(task.backend);
  await using connector = new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', task.config, { backend });
  const { getOrder } = connector.api('orders');
  const stop = new AbortController();
  const failures: string[] = [];
  let served = 0;
  const caller = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await getOrder({ orderId: task.orderId }, { signal: stop.signal });
        served += 1;
      } catch (error) {
        if (!stop.signal.aborted) failures.push(String(error));
      }
    }
  };
  const words = listen();
  // A process that has just been started compiles its code at the first call; that one is of another operation.
  await connector.api('sellers').getMarketplaceParticipations();
  tell({ ready: true });
  await words.next();
  const all = Promise.all(Array.from({ length: task.callers }, caller));
  await words.next();
  stop.abort();
  await all;
  tell({ served, failures });
}

/** The parent's words as they come. */
function listen(): { next(): Promise<void> } {
  const waiting: (() => void)[] = [];
  let heard = 0;
  process.on('message', () => {
    const wake = waiting.shift();
    if (wake === undefined) heard += 1;
    else wake();
  });
  return {
    next: () => {
      if (heard > 0) {
        heard -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

function tell(news: CallersNews): void {
  process.send?.(news);
}

// Nobody is left to count for.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as CallersTask);
process.disconnect();
