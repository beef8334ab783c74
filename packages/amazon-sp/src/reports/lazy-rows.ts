import type { RowFacts, RowStream } from '@fluxori/documents';

/** Rows whose document is opened when the first of them is asked for. */
export function lazyRows<Row>(open: () => Promise<RowStream<Row>>): RowStream<Row> {
  const { promise: facts, resolve, reject } = Promise.withResolvers<RowFacts>();
  // Nobody needs to look at them.
  facts.catch(() => {});
  async function opened(): Promise<RowStream<Row>> {
    try {
      const rows = await open();
      rows.facts.then(resolve, reject);
      return rows;
    } catch (error) {
      reject(error);
      throw error;
    }
  }
  return {
    facts,
    async *[Symbol.asyncIterator]() {
      yield* await opened();
    },
    async *batches() {
      yield* (await opened()).batches();
    },
  };
}

/** The rows of a report without a document. */
export function noRows<Row>(): RowStream<Row> {
  return {
    facts: Promise.resolve({ rows: 0, complete: true, content: 'empty', replacedCharacters: 0 }),
    async *[Symbol.asyncIterator]() {},
    async *batches() {},
  };
}
