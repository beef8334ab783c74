/** For whom a document is moved or read; spread into every error. Fit for logs. */
export interface DocumentContext {
  /** What is being done, e.g. `reports.download`. */
  readonly operation?: string;
  readonly account?: string;
}

/** How a message begins: whose document it is about. */
export function subject({ operation, account }: DocumentContext): string {
  const what = operation ?? 'The document';
  return account === undefined ? what : `${what} for ${account}`;
}

/** The part of anything larger that goes into an error. */
export function contextOf({ operation, account }: DocumentContext): DocumentContext {
  return { ...(operation !== undefined && { operation }), ...(account !== undefined && { account }) };
}
