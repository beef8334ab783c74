import { hostname, userInfo } from 'node:os';
import { AmazonPersonalData, DeadNotifications, NotificationsHolder } from '@fluxori/amazon-sp';
import {
  ErasedOrders,
  type FluxoriBackend,
  KeyValueAuditTrail,
  ProtectedRecordStore,
  RecordsHolder,
  Sealer,
} from '@fluxori/backend';
import { type KeyValueStore, type Logger, PrivacyDesk } from '@fluxori/core';
import { JobsHolder, type OperationQueues } from '@fluxori/queue';
import type { Connectors } from '../composition/connectors.js';
import type { LoadedConfig } from '../config/load-config.js';
import { retentionRules } from './privacy-config.js';

/** Who acts on personal data here, for the audit trail. */
export function openAudit({ keyValues }: FluxoriBackend, { config }: LoadedConfig): KeyValueAuditTrail {
  return new KeyValueAuditTrail({ keyValues, actor: actor(), keepDays: config.privacy.auditDays });
}

/** The same backend, whose records seal their personal data and tell of each reading. */
export function protectedBackend(
  store: FluxoriBackend,
  { config, sealKeys }: LoadedConfig,
  { audit, logger }: { readonly audit: KeyValueAuditTrail; readonly logger: Logger },
): FluxoriBackend {
  const retention = retentionRules(config.privacy);
  const records = new ProtectedRecordStore({
    ...{ store: store.records, audit, logger, retention },
    erased: new ErasedOrders(store.keyValues, retention),
    ...(sealKeys && { sealing: new Sealer(sealKeys) }),
  });
  return { ...store, records };
}

/** Opens the desk, once there are queues whose jobs it may look at. */
export type OpenPrivacyDesk = (queues: OperationQueues) => PrivacyDesk;

/** Deletes personal data wherever this program keeps it. */
export function openPrivacyDesk(
  store: FluxoriBackend,
  { config, sealKeys }: LoadedConfig,
  parts: {
    readonly audit: KeyValueAuditTrail;
    readonly connectors: Connectors;
    readonly queues: OperationQueues;
    readonly secureKeyValues: KeyValueStore;
  },
): PrivacyDesk {
  const { audit, connectors, queues, secureKeyValues } = parts;
  const notifications = new NotificationsHolder(new DeadNotifications(secureKeyValues));
  const retention = retentionRules(config.privacy);
  const records = new RecordsHolder({
    ...{ store: store.records, locks: store.locks, retention },
    erased: new ErasedOrders(store.keyValues, retention),
    ...(sealKeys && { sealing: new Sealer(sealKeys) }),
  });
  const documents = new AmazonPersonalData({
    accountIds: () => connectors.accountIds,
    connector: (account) => connectors.get(account),
  });
  return new PrivacyDesk({
    // The records last: by them a buyer's orders are found.
    holders: [documents, notifications, new JobsHolder(queues), records],
    findOrders: (...args) => records.find(...args),
    audit,
  });
}

/** The person at this machine, as far as it knows him. */
function actor(): string {
  return `${userName()}@${hostname()}, process ${process.pid}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number without a name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
