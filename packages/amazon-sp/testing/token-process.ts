import { type AmazonSPConnector, type AmazonSpConfigInput, amazonSp } from '@fluxori/amazon-sp';
import {
  type FluxoriBackend,
  openBackend,
  SealedKeyValueStore,
  Sealer,
  sealKeysFrom,
} from '@fluxori/backend';
import { ConnectorFactory, isFluxoriError } from '@fluxori/core';
import { openPatiently } from './open-patiently.ts';

/*
 * A worker as far as tokens go, in a process of its own that can be killed. Node runs this file as it is; what it imports is `dist`.
 * Its parent is `TokenProcess`.
 */

export interface Connect {
  readonly kind: 'connect';
  readonly backendUrl: string;
  /** It loses nothing when it stands still (see `openPatiently`). */
  readonly patient: boolean;
  readonly config: AmazonSpConfigInput;
  readonly sealKey?: string;
}

/** Many calls at once, or one after the other for a while. */
export interface Call {
  readonly kind: 'call';
  readonly operation: 'search' | 'address';
  readonly callers: number;
  readonly orderIds: readonly string[];
  readonly forMs?: number;
}

/** Lets go of the backend before it is cleared away. */
export interface Leave {
  readonly kind: 'leave';
}

export type Request = Connect | Call | Leave;

/** How each call ended: `ok`, or the code of its error. */
export interface Answer {
  readonly outcomes: readonly string[];
}

let open: { connector: AmazonSPConnector; backend: FluxoriBackend } | undefined;

async function leave(): Promise<Answer> {
  await open?.connector.close();
  await open?.backend.close();
  open = undefined;
  return { outcomes: [] };
}

async function connect({ backendUrl, patient, config, sealKey }: Connect): Promise<Answer> {
  const backend = await (patient ? openPatiently : openBackend)(backendUrl);
  const sealed =
    sealKey === undefined
      ? undefined
      : new SealedKeyValueStore({ store: backend.keyValues, sealer: new Sealer(sealKeysFrom(sealKey)) });
  const connector = new ConnectorFactory()
    .register(amazonSp)
    .create('amazon-sp', config, { backend, ...(sealed && { secureKeyValues: sealed }) });
  await connector.connect();
  open = { connector, backend };
  return { outcomes: [] };
}

async function call({ operation, callers, orderIds, forMs = 0 }: Call): Promise<Answer> {
  const { connector } = open as { connector: AmazonSPConnector };
  const once = async (caller: number): Promise<string> => {
    try {
      if (operation === 'search') {
        await connector.api('orders').searchOrders({ lastUpdatedAfter: '2020-01-01T00:00:00Z' });
      } else {
        const orderId = orderIds[caller % orderIds.length] as string;
        await connector.api('orders', 'v0').getOrderAddress({ orderId });
      }
      return 'ok';
    } catch (error) {
      return isFluxoriError(error) ? error.code : String(error);
    }
  };
  const endsAt = Date.now() + forMs;
  const outcomes: string[] = [];
  const work = async (caller: number) => {
    do {
      outcomes.push(await once(caller));
      if (forMs > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    } while (Date.now() < endsAt);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)));
  return { outcomes };
}

process.on('message', (request: Request) => {
  const answer = { connect, call, leave }[request.kind] as (request: Request) => Promise<Answer>;
  answer(request).then(
    (value) => process.send?.(value),
    (error: unknown) => process.send?.({ outcomes: [`not connected: ${String(error)}`] } satisfies Answer),
  );
});

// Without its parent it has nobody to work for.
process.once('disconnect', () => process.exit());
