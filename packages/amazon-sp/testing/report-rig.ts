import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from './connect-to-sandbox.js';

export const orders = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL';

/** A day in UTC; the reports that it is used for go back a month. */
export const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** A sandbox whose reports take no time, a connector to it and a folder, for all tests of a file. */
export class ReportRig {
  #open: Sandboxed | undefined;
  #folder = '';

  constructor() {
    beforeAll(async () => {
      this.#folder = await mkdtemp(join(tmpdir(), 'fluxori-reports-'));
      this.#open = await connectToSandbox({
        sandbox: { ...noWaiting.sandbox, orders: 30, skus: 5, reports: { queueMs: 2, progressMs: 2 } },
        config: noWaiting.connector,
      });
    });
    afterAll(async () => {
      await this.#open?.[Symbol.asyncDispose]();
      await rm(this.#folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      this.sandbox.clearOutcomes();
      await this.sandbox.faults.clear();
      this.sandbox.resetCounters();
    });
  }

  get open(): Sandboxed {
    if (this.#open === undefined) throw new Error('The sandbox is not open yet.');
    return this.#open;
  }

  get sandbox() {
    return this.open.sandbox;
  }

  get reports() {
    return this.open.connector.reports;
  }

  /** Reports that were asked for in this test. */
  get created(): number {
    return this.sandbox.counters().reports.created;
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  /** The id of the one report of orders that was asked for in this test, once it is. */
  async theOne(): Promise<string> {
    for (;;) {
      const made = await this.open.connector
        .api('reports')
        .getReports({ reportTypes: [orders], processingStatuses: ['IN_QUEUE'] });
      const [first] = made.reports.sort((a, b) => b.createdTime.localeCompare(a.createdTime));
      if (this.created === 1 && first !== undefined) return first.reportId;
      await sleep(5);
    }
  }
}
