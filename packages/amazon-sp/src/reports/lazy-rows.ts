import type { RowFacts, RowStream } from '@fluxori/documents';

const nothing: RowFacts = { rows: 0, complete: false, content: 'empty', replacedCharacters: 0 };

/** Rows whose document is opened when the first of them is asked for. As all rows, they are read once. */
export function lazyRows<Row>(open: () => Promise<RowStream<Row>>): RowStream<Row> {
  const { promise: facts, resolve, reject } = Promise.withResolvers<RowFacts>();
  // Nobody needs to look at them.
  facts.catch(() => {});
  let opening: Promise<RowStream<Row>> | undefined;
  const opened = () => {
    opening ??= open();
    opening.then((rows) => rows.facts.then(resolve, reject), reject);
    return opening;
  };
  return {
    facts,
    // Not a generator: its turn for each row would cost more than the row.
    [Symbol.asyncIterator]() {
      let rows: AsyncIterator<Row> | undefined;
      const first = async () => {
        rows = (await opened())[Symbol.asyncIterator]();
        return rows.next();
      };
      return {
        next: () => (rows === undefined ? first() : rows.next()),
        async return() {
          if (opening === undefined) resolve(nothing);
          await rows?.return?.();
          return { value: undefined, done: true };
        },
      };
    },
    async *batches() {
      yield* (await opened()).batches();
    },
  };
}

/** The rows of a report without a document. */
export function noRows<Row>(): RowStream<Row> {
  return {
    facts: Promise.resolve({ ...nothing, complete: true }),
    async *[Symbol.asyncIterator]() {},
    async *batches() {},
  };
}
