import type { Answer } from '../http/answer.js';
import { escapeXml } from '../xml/parse-xml.js';

/** A refusal of the storage host, which speaks S3's XML and not SP-API's JSON. */
export class StorageRefusal extends Error {
  override readonly name = 'StorageRefusal';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Further elements of the answer, in order. */
    readonly more: Readonly<Record<string, string>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Source: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, checked November 2026. */
export function storageAnswer(refusal: StorageRefusal, ids: StorageIds): Answer {
  const elements = { Code: refusal.code, Message: refusal.message, ...refusal.more };
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error>',
    ...Object.entries(elements).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`),
    `<RequestId>${ids['x-amz-request-id']}</RequestId><HostId>${ids['x-amz-id-2']}</HostId></Error>`,
  ].join('');
  return {
    status: refusal.status,
    headers: { ...ids, ...refusal.headers, 'Content-Type': 'application/xml', Server: 'AmazonS3' },
    body,
  };
}

export type StorageIds = { readonly 'x-amz-request-id': string; readonly 'x-amz-id-2': string };
