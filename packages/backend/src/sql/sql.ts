/** What a statement brought back. */
export interface SqlResult<Row> {
  readonly rows: readonly Row[];
  /** Rows that were written, for a statement that writes. */
  readonly rowCount: number;
}

export interface SqlQueries {
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<Row>>;
}

/** A PostgreSQL, near or far: what the ports on tables need from a driver. */
export interface Sql extends SqlQueries {
  /** Runs a script of several statements without parameters. */
  script(text: string): Promise<void>;
  /**
   * All or nothing: commits when `work` fulfils, rolls back when it rejects.
   * @throws the signal's reason when aborted before `work` has begun.
   */
  transaction<T>(work: (queries: SqlQueries) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
}
