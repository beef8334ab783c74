import { text } from 'node:stream/consumers';
import { type FluxoriError, isFluxoriError, sleep } from '@fluxori/core';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { AmazonSPConnector, DocumentRef } from '../src/index.js';
import { type DocumentRig, openDocumentRig } from './document-rig.js';

export const listings = 'GET_MERCHANT_LISTINGS_ALL_DATA';
/** With addresses of buyers. */
export const addresses = 'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING';
export const day = 24 * 60 * 60_000;
export const table = `sku\tquantity\n${Array.from({ length: 2_000 }, (_, row) => `SKU-${row}\t${row * 7}\n`).join('')}`;

/** For the tests of one file: a rig in memory whose clock they can put forward, and in which no test finds what another one left. */
export class DocumentSuite {
  #rig: DocumentRig | undefined;
  #connector: AmazonSPConnector | undefined;
  nowMs = Date.now();

  constructor() {
    beforeAll(async () => {
      this.#rig = await openDocumentRig({
        clock: { now: () => this.nowMs, sleep: (ms, signal) => sleep(ms, signal) },
      });
    });
    afterAll(async () => {
      await this.#rig?.[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      this.nowMs = Date.now();
      this.#connector = this.rig.connect();
    });
    afterEach(async () => {
      const { sandbox } = this.rig;
      await sandbox.faults.clear();
      const { documents } = this.connector;
      for await (const { documentId } of documents.list()) await documents.deleteDocument(documentId);
      sandbox.resetCounters();
    });
  }

  get rig(): DocumentRig {
    return this.#rig as DocumentRig;
  }

  get connector(): AmazonSPConnector {
    return this.#connector as AmazonSPConnector;
  }

  /** How many URLs were asked for, and how many downloads there were. */
  asked(): { urls: number; downloads: number } {
    const { operations, documents } = this.rig.sandbox.counters();
    return {
      urls: operations['reports.getReportDocument']?.served ?? 0,
      downloads: documents.downloads.length,
    };
  }

  async read(ref: DocumentRef, keep = true): Promise<string> {
    const document = await this.connector.documents.openDocument(ref, { keep });
    return text(document.bytes);
  }

  /** The file of the only copy. */
  async copyFile(folder?: 'contents' | 'sealed'): Promise<string> {
    const [file] = (await this.rig.onDisk(folder)).filter(({ path }) => !path.includes('sealed-keys'));
    if (file === undefined) throw new Error('There is no copy.');
    return file.path;
  }
}

export async function failureOf(work: Promise<unknown>): Promise<FluxoriError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isFluxoriError(error)) throw new Error(`not one of our errors: ${String(error)}`);
  return error;
}
