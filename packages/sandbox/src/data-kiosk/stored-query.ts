import type { Work } from '../work/work.js';
import type { QueryField } from './parse-query.js';

export interface StoredQuery extends Work {
  /** As it was submitted. */
  readonly query: string;
  /** What is asked of the dataset. */
  readonly view: QueryField;
  /** The first row of its page. */
  readonly start: number;
  dataDocumentId?: string;
  errorDocumentId?: string;
  /** For the query that brings the rows behind this page. */
  nextToken?: string;
}
