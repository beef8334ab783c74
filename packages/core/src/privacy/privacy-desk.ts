import { ValidationError } from '../errors/errors.js';
import type { AccountId, OrderId } from '../identity/ids.js';
import { type AuditTrail, noAudit } from './audit-trail.js';
import type { ErasedOrder, HolderReport, PersonalDataHolder, Remainder } from './personal-data-holder.js';

/** Whose data: of one order, or of all orders of a buyer. */
export type ErasureSubject = { readonly orderId: OrderId } | { readonly buyerEmail: string };

/** Finds the orders of a subject among what is kept. */
export type FindOrders = (
  subject: ErasureSubject,
  accountIds: readonly AccountId[],
  options: { signal?: AbortSignal },
) => Promise<readonly ErasedOrder[]>;

export interface PrivacyReport {
  readonly holders: readonly (HolderReport & { readonly name: string })[];
  /** Of all holders. */
  readonly remaining: readonly Remainder[];
}

export interface ErasureReport extends PrivacyReport {
  readonly orderIds: readonly OrderId[];
  /** Where we cannot reach. */
  readonly beyond: readonly Remainder[];
}

export interface PrivacyDeskParts {
  /** In the order in which they are asked. The one in which `findOrders` looks is the last: as long as anything else is there, a buyer's orders are found again. */
  readonly holders: readonly PersonalDataHolder[];
  readonly findOrders: FindOrders;
  readonly audit?: AuditTrail;
}

/** What no program can take back. */
const beyond: readonly Remainder[] = [
  {
    what: 'the marketplace itself',
    why: 'it keeps its own copy of the order',
    remedy: 'Point the person to the marketplace, which answers for it.',
  },
  {
    what: 'files and systems that were given the data',
    why: 'reports written to files, labels that were printed, invoices and attachments that were put into a content store by hand, and a platform’s own record sink are not managed here',
    remedy:
      'Delete it there, too. Files that commands wrote stand in the audit trail: `fluxori privacy audit --action exported`.',
  },
  {
    what: 'copies of the store',
    why: 'a backup holds what was there when it was made, sealed',
    remedy: 'Let backups end within the retention, and erase again after one was brought back.',
  },
];

/** Deletes personal data wherever it is kept: on request, and when its time is over. Says what it deleted and what it could not. */
export class PrivacyDesk {
  readonly #parts: PrivacyDeskParts;

  constructor(parts: PrivacyDeskParts) {
    this.#parts = parts;
  }

  /**
   * Forgets a person: of one order, or of all orders of a buyer. The orders stay, without the person. What a job brings in later of the same
   * orders leaves the person out, too.
   *
   * @throws ValidationError for an address that is none; what a holder throws, when the others have done their part: ask again then. Of a buyer,
   * the last holder is not asked before all others have done theirs, since without it nobody knows which orders were his.
   */
  async erase(
    subject: ErasureSubject,
    accountIds: readonly AccountId[],
    options: { signal?: AbortSignal } = {},
  ): Promise<ErasureReport> {
    const buyerEmail = 'buyerEmail' in subject ? checkedEmail(subject.buyerEmail) : undefined;
    const found = await this.#parts.findOrders(
      buyerEmail === undefined ? subject : { buyerEmail },
      accountIds,
      options,
    );
    // An order that is not kept may come in yet, and jobs may name it.
    const orders =
      found.length === 0 && 'orderId' in subject
        ? accountIds.map((accountId) => ({ accountId, orderId: subject.orderId }))
        : found;
    const erasure = { accountIds, orders, ...(buyerEmail !== undefined && { buyerEmail }) };
    const { failures, ...report } = await this.#ask((holder) => holder.erase(erasure, options), {
      keepLast: buyerEmail !== undefined,
    });
    const what = whatOf(report);
    // Also that nothing was found is worth telling: it was asked for.
    if (orders.length === 0)
      await (this.#parts.audit ?? noAudit).record({ action: 'erased', what, count: 0 });
    for (const accountId of new Set(orders.map((order) => order.accountId))) {
      const ids = orders.filter((order) => order.accountId === accountId).map(({ orderId }) => orderId);
      await (this.#parts.audit ?? noAudit).record({
        ...{
          action: 'erased',
          accountId,
          what,
          subjects: ids.slice(0, 100),
          count: ids.length,
        },
      });
    }
    if (failures.length > 0) throw failures[0];
    const orderIds = [...new Set(orders.map(({ orderId }) => orderId))];
    return { ...report, orderIds, beyond };
  }

  /** Deletes what has been kept for long enough. */
  async sweep(options: { signal?: AbortSignal } = {}): Promise<PrivacyReport> {
    const { failures, ...report } = await this.#ask((holder) => holder.sweep(options));
    const what = whatOf(report);
    const count = report.holders.reduce((sum, { deleted }) => sum + total(deleted), 0);
    if (count > 0) await (this.#parts.audit ?? noAudit).record({ action: 'expired', what, count });
    if (failures.length > 0) throw failures[0];
    return report;
  }

  /** One that fails does not keep the others from their part, but for the last with `keepLast`. */
  async #ask(
    work: (holder: PersonalDataHolder) => Promise<HolderReport>,
    { keepLast = false } = {},
  ): Promise<PrivacyReport & { failures: readonly unknown[] }> {
    const holders: (HolderReport & { name: string })[] = [];
    const failures: unknown[] = [];
    const last = this.#parts.holders.at(-1);
    for (const holder of this.#parts.holders) {
      if (keepLast && holder === last && failures.length > 0) break;
      try {
        holders.push({ name: holder.name, ...(await work(holder)) });
      } catch (error) {
        failures.push(error);
      }
    }
    return { failures, holders, remaining: holders.flatMap(({ remaining }) => remaining) };
  }
}

function whatOf({ holders }: Pick<PrivacyReport, 'holders'>): string[] {
  return [...new Set(holders.flatMap(({ deleted }) => Object.keys(deleted).filter((key) => deleted[key])))];
}

function total(deleted: HolderReport['deleted']): number {
  return Object.values(deleted).reduce((sum, count) => sum + count, 0);
}

/** In one form, so that it is found however it was written. */
function checkedEmail(text: string): string {
  const email = text.trim().toLowerCase();
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw new ValidationError('The buyer is named by an e-mail address, and this is none.', {
    field: 'buyerEmail',
    remedy: 'Give the address as it stands in the order.',
  });
}
