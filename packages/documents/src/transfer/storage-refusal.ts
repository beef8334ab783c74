import { type FluxoriError, isErrorOf, RemoteError } from '@fluxori/core';
import type { AnswerContext, HttpAnswer } from '@fluxori/network';
import { subject } from '../errors/document-context.js';

/** What a document store's refusal comes down to. */
export type Refusal = 'expired' | 'refused' | 'gone' | 'passing' | 'final';

/**
 * Codes with which S3 says that a signed URL, or the credentials in it, are too old.
 * Source: Amazon S3 "Error responses", and the answers of SP-API's document URLs, checked 2026-11.
 */
const expiredCodes: ReadonlySet<string> = new Set(['ExpiredToken', 'TokenRefreshRequired', 'ExpiredRequest']);
/** An expired URL is an AccessDenied whose message says so. */
const expiredMessage = /request has expired/i;
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const goneCodes: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchBucket', 'NoSuchUpload']);

/** The error for an answer of a document store (S3, or what stands in for it) that is no success. Its XML is read, its URL is not told. */
export function storageError(answer: HttpAnswer, context: AnswerContext): FluxoriError {
  const remoteCode = element(answer.text, 'Code');
  const remoteMessage = element(answer.text, 'Message');
  const said = [answer.status, remoteCode, remoteMessage].filter((part) => part !== undefined).join(', ');
  return new RemoteError(`${subject(context)}: the document store refused (${said}).`, {
    ...context,
    status: answer.status,
    ...(remoteCode !== undefined && { remoteCode }),
    ...(remoteMessage !== undefined && { details: { remoteMessage } }),
  });
}

/** What a store's refusal means; undefined when the error is none. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!isErrorOf(error, 'RemoteError')) return undefined;
  const { status, remoteCode = '', details } = error;
  if (expiredCodes.has(remoteCode) || expiredMessage.test(String(details?.remoteMessage ?? '')))
    return 'expired';
  if (status === 401 || status === 403) return 'refused';
  if (status === 404 || status === 410 || goneCodes.has(remoteCode)) return 'gone';
  return passingStatuses.has(status) ? 'passing' : 'final';
}

function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]{1,200})`).exec(xml)?.[1]?.trim();
  return text === '' ? undefined : text;
}
