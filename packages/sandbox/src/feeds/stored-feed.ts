import type { DocumentContent } from '../documents/document-content.js';
import type { Work } from '../work/work.js';

export interface StoredFeed extends Work {
  readonly marketplaceIds: readonly string[];
  readonly documentId: string;
  /** What had been uploaded when the feed was created. */
  readonly content: DocumentContent | undefined;
  resultDocumentId?: string;
}
