/** A document of Amazon's, by the operation that gives its URL, and what is known of it. */
export type DocumentRef =
  | {
      readonly kind: 'report';
      readonly documentId: string;
      /** Decides, by the table of restricted report types, whether a restricted data token is needed. */
      readonly reportType: string;
      /** For a report type that is newer than the table. */
      readonly restricted?: boolean;
    }
  | {
      /** A feed's result document, or one that we made for a feed. */
      readonly kind: 'feedResult';
      readonly documentId: string;
    }
  | {
      readonly kind: 'dataKiosk';
      readonly documentId: string;
      /** Kept sealed only. */
      readonly restricted?: boolean;
    };

export type DocumentKind = DocumentRef['kind'];
