import type { AccountId } from '../identity/ids.js';

/** `fetched` from the remote side, `read` here, `exported` to where nothing is managed, `erased` on request, `expired` when its time was over. */
export const auditActions = ['fetched', 'read', 'exported', 'erased', 'expired'] as const;
export type AuditAction = (typeof auditActions)[number];

/** What was done with personal data, without any of it. */
export interface AuditNote {
  readonly action: AuditAction;
  readonly accountId?: AccountId;
  /** Which data, e.g. `shipTo`, `RECIPIENT`, `documents`. */
  readonly what: readonly string[];
  /** Whose: ids of orders or documents, never a name or an address; at most 100. */
  readonly subjects?: readonly string[];
  /** How many there were in all. */
  readonly count?: number;
  /** The remote operation, for what was fetched. */
  readonly operation?: string;
  /** The job or request that asked. */
  readonly onBehalfOf?: string;
  /** For what it was exported, in the words of who did it. */
  readonly purpose?: string;
  /** Where it was exported to, e.g. the path of a file. */
  readonly place?: string;
}

export interface AuditEntry extends AuditNote {
  readonly at: Date;
  /** The process or person, e.g. `cli naledi@office-1`. */
  readonly actor: string;
}

/** Who did what with personal data. */
export interface AuditTrail {
  /** Settles when it is kept. Who cannot tell it does not get the data: let its errors through. */
  record(note: AuditNote): Promise<void>;
}

export const noAudit: AuditTrail = { record: () => Promise.resolve() };
