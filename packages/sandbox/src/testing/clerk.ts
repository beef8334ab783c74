import type { Sandbox } from '../sandbox.js';
import { type DocumentAnswer, transfer } from './document-wire.js';
import { Wire, type WireAnswer } from './wire.js';

const reports = '/reports/2021-06-30';
const feeds = '/feeds/2021-06-30';
const queries = '/dataKiosk/2023-11-15';

/** Asks for reports, feeds and queries as a client does, request by request. */
export class Clerk {
  readonly wire: Wire;
  readonly #marketplaceIds: readonly string[];

  constructor(sandbox: Sandbox, credentials = sandbox.credentials) {
    this.wire = new Wire(sandbox, credentials);
    this.#marketplaceIds = [credentials.marketplaceId];
  }

  post(path: string, body: unknown): Promise<WireAnswer> {
    return this.wire.call({ method: 'POST', path, body });
  }

  createReport(reportType: string, more: Readonly<Record<string, unknown>> = {}): Promise<WireAnswer> {
    return this.post(`${reports}/reports`, { reportType, marketplaceIds: this.#marketplaceIds, ...more });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer as it is on the wire.
  async report(reportId: string): Promise<any> {
    return (await this.wire.get(`${reports}/reports/${reportId}`)).json;
  }

  reportDocument(id: string, token?: string): Promise<WireAnswer> {
    return this.wire.get(`${reports}/documents/${id}`, undefined, token === undefined ? {} : { token });
  }

  /** A report from its creation to its bytes; of a sandbox whose work takes no time. */
  async reportBytes(
    reportType: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<DocumentAnswer> {
    const { reportId } = (await this.createReport(reportType, more)).json;
    const { reportDocumentId } = await this.report(reportId);
    return transfer((await this.reportDocument(reportDocumentId)).json.url);
  }

  async restrictedToken(path: string, dataElements?: readonly string[]): Promise<string> {
    const resource = { method: 'GET', path, ...(dataElements === undefined ? {} : { dataElements }) };
    const answer = await this.post('/tokens/2021-03-01/restrictedDataToken', {
      restrictedResources: [resource],
    });
    return answer.json.restrictedDataToken;
  }

  async feedDocument(contentType: string): Promise<{ feedDocumentId: string; url: string }> {
    return (await this.post(`${feeds}/documents`, { contentType })).json;
  }

  /** A document with this content, sent as it should be. */
  async uploaded(content: string, contentType: string): Promise<string> {
    const { feedDocumentId, url } = await this.feedDocument(contentType);
    const { status } = await transfer(url, {
      method: 'PUT',
      headers: { 'content-type': contentType },
      body: content,
    });
    if (status !== 200) throw new Error(`The upload was answered with ${status}.`);
    return feedDocumentId;
  }

  createFeed(feedType: string, inputFeedDocumentId: string): Promise<WireAnswer> {
    return this.post(`${feeds}/feeds`, {
      feedType,
      marketplaceIds: this.#marketplaceIds,
      inputFeedDocumentId,
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer as it is on the wire.
  async feed(feedId: string): Promise<any> {
    return (await this.wire.get(`${feeds}/feeds/${feedId}`)).json;
  }

  async feedResult(feedDocumentId: string): Promise<DocumentAnswer> {
    const { json } = await this.wire.get(`${feeds}/documents/${feedDocumentId}`);
    return transfer(json.url);
  }

  createQuery(query: string, more: Readonly<Record<string, unknown>> = {}): Promise<WireAnswer> {
    return this.post(`${queries}/queries`, { query, ...more });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer as it is on the wire.
  async query(queryId: string): Promise<any> {
    return (await this.wire.get(`${queries}/queries/${queryId}`)).json;
  }

  async queryDocument(documentId: string): Promise<DocumentAnswer> {
    const { json } = await this.wire.get(`${queries}/documents/${documentId}`);
    return transfer(json.documentUrl);
  }
}
