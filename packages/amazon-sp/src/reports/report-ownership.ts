import type { KeyValueStore, Locks } from '@fluxori/core';
import { checkText } from '../pipeline/check-list.js';

/** Wants one report: a job, or one call of `reports.run`. Two never have the same id. */
export interface Intent {
  readonly id: string;
  /** What Amazon's list shows of what was asked, in short. */
  readonly visible: string;
  /** The part of it that any two must share to be taken for each other, in short; `visible` by default. */
  readonly kind?: string;
  /** It names no beginning or no end, so that in the list those of the same kind with any dates could be it. */
  readonly undated?: true;
  /** The options, which it does not show, in short; empty for none. */
  readonly options: string;
  /** All of what was asked, in short. */
  readonly spec: string;
}

/** What we know of a report that we asked for. */
export interface AskedReport {
  readonly intent: string;
  readonly options: string;
  readonly spec: string;
}

/** How long a report is remembered: as long as Amazon keeps it. */
const claimMs = 90 * 86_400_000;
/** How long an intent that nobody went on with makes others careful. */
const openMs = 7 * 86_400_000;

/**
 * Who asked for which report. Amazon's list of reports does not tell, nor with which options; so a report whose answer was lost can be told from
 * that of somebody else only by what is written here, in the store that all processes share.
 */
export class ReportOwnership {
  readonly #store: KeyValueStore;
  readonly #locks: Locks;
  readonly #room: string;

  /** @param room - ids of reports are unique for a seller only: seller and region. */
  constructor(parts: { readonly keyValues: KeyValueStore; readonly locks: Locks; readonly room: string }) {
    this.#store = parts.keyValues;
    this.#locks = parts.locks;
    this.#room = `reports/${parts.room}`;
  }

  /** Before asking: from now on others who look for a lost report know that one may be this intent's. */
  async open(intent: Intent): Promise<void> {
    const { options, visible } = intent;
    await this.#store.set(this.#openKey(intent), { options, visible }, { ttlMs: openMs });
  }

  /**
   * Takes a report for an intent, once and for all.
   *
   * @returns false when it is another's already.
   */
  async claim(reportId: string, intent: Intent, signal: AbortSignal): Promise<boolean> {
    const key = this.#claimKey(reportId);
    const work = async () => {
      const known = (await this.#store.get(key)) as AskedReport | undefined;
      if (known !== undefined && known.intent !== intent.id) return false;
      const { id, options, spec } = intent;
      await this.#store.set(key, { intent: id, options, spec }, { ttlMs: claimMs });
      await this.#store.delete(this.#openKey(intent));
      return true;
    };
    return this.#locks.withLock(key, work, { signal });
  }

  /** Undefined for reports that were not asked for here. */
  async asked(reportId: string): Promise<AskedReport | undefined> {
    return (await this.#store.get(this.#claimKey(reportId))) as AskedReport | undefined;
  }

  /** Whether somebody who asked for something else that looks the same does not know its report yet: an unclaimed report may be theirs. */
  async isAmbiguous(intent: Intent): Promise<boolean> {
    for (const key of await this.#store.keys(this.#openPrefix(intent))) {
      if (key === this.#openKey(intent)) continue;
      const other = (await this.#store.get(key)) as { options: string; visible: string } | undefined;
      if (other === undefined) continue;
      if (other.visible === intent.visible ? other.options !== intent.options : intent.undated) return true;
    }
    return false;
  }

  /** The intent is given up. */
  async close(intent: Intent): Promise<void> {
    await this.#store.delete(this.#openKey(intent));
  }

  /** It was us who cancelled it: Amazon does not say who did. */
  async noteCancelled(reportId: string): Promise<void> {
    checkText(reportId, 'reportId');
    await this.#store.set(`${this.#room}/cancelled/${reportId}`, true, { ttlMs: claimMs });
  }

  async isCancelledByUs(reportId: string): Promise<boolean> {
    return (await this.#store.get(`${this.#room}/cancelled/${reportId}`)) === true;
  }

  #claimKey(reportId: string): string {
    return `${this.#room}/asked/${reportId}`;
  }

  #openPrefix({ kind, visible }: Intent): string {
    return `${this.#room}/open/${kind ?? visible}/`;
  }

  #openKey(intent: Intent): string {
    return `${this.#openPrefix(intent)}${intent.id}`;
  }
}
