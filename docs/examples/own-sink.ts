import type { Order, RecordBatch, RecordSink, WriteResult } from '@fluxori/core';

/** Puts orders into a platform's own store. It may be given the same batch twice, after a crash: writing it again must change nothing. */
export class PlatformSink implements RecordSink {
  readonly orders = new Map<string, { readonly version: string; readonly order: Order }>();

  async write({ records = [] }: RecordBatch): Promise<WriteResult> {
    const result = { inserted: 0, updated: 0, unchanged: 0 };
    for (const record of records) {
      if (record.kind !== 'order') continue;
      const known = this.orders.get(record.id);
      if (known !== undefined && known.version >= record.version) result.unchanged++;
      else {
        this.orders.set(record.id, { version: record.version, order: record.value });
        result[known === undefined ? 'inserted' : 'updated']++;
      }
    }
    return result;
  }
}
