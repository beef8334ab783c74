import type { IncomingMessage, ServerResponse } from 'node:http';

/** The type of report that the bench's documents are. */
export const reportType = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL';

const reports = '/reports/2021-06-30/reports';
const documents = '/reports/2021-06-30/documents';
const reportId = '50000000001';
const documentId = 'amzn1.spdoc.1.4.eu.bench';

/**
 * Amazon's part of `connector.reports.run`, and no more of it: a token, a report that is finished as soon as it is asked for, and where its document lies.
 *
 * @param path - behind the address that the connector was given.
 * @param documentUrl - of the document.
 */
export function answerAsAmazon(
  { method }: IncomingMessage,
  response: ServerResponse,
  path: string,
  documentUrl: string,
): void {
  const answer = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const asked = `${method} ${path}`;
  if (asked === 'POST /auth/o2/token')
    answer(200, { access_token: 'Atza|bench', token_type: 'bearer', expires_in: 3_600 });
  else if (asked === `POST ${reports}`) answer(202, { reportId });
  else if (asked === `GET ${reports}/${reportId}`) answer(200, report());
  else if (asked === `GET ${documents}/${documentId}`)
    answer(200, { reportDocumentId: documentId, compressionAlgorithm: 'GZIP', url: documentUrl });
  else answer(404, { errors: [{ code: 'NotFound', message: `The bench knows no ${asked}.` }] });
}

function report(): object {
  const now = new Date().toISOString();
  return {
    ...{ reportId, reportType, marketplaceIds: ['AE08WJ6YKNBMC'], processingStatus: 'DONE' },
    ...{ createdTime: now, processingStartTime: now, processingEndTime: now, reportDocumentId: documentId },
  };
}
