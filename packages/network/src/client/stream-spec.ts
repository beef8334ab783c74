import type { Readable } from 'node:stream';
import type { FluxoriError } from '@fluxori/core';
import type { HttpAnswer } from '../transport/http-answer.js';
import type { AnswerContext, CallOptions } from './call-spec.js';

/** One request whose body, or whose answer's body, may be of any size. */
export interface StreamSpec {
  /** For people and metrics, e.g. `reports.download`. */
  readonly operation: string;
  readonly account?: string;
  readonly method: 'GET' | 'PUT';
  /** Absolute, with its query. May be a signed one: it is never told, only its host. */
  readonly url: string;
  /** All that are sent, beside `user-agent` and those that the body needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Read as fast as the connection takes it; destroyed when it is not sent to its end. */
  readonly body?: Readable | Uint8Array;
  /** Of a stream, in bytes. Without it the body goes chunked, which S3 refuses. A body of another length breaks the request off. */
  readonly contentLength?: number;
  /** The error for an answer that is no success; of its body at most 64 KiB are read. */
  readonly toError: (answer: HttpAnswer, context: AnswerContext) => FluxoriError;
}

export type StreamOptions = Pick<CallOptions, 'signal' | 'priority' | 'waiter' | 'correlationId'>;

/** A success whose body is still to be read: to its end, or `body.destroy()`; until then it holds a connection. */
export interface StreamAnswer {
  readonly status: number;
  /** By lower-case name; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as on the wire, never decompressed. Breaks with a NetworkError, or the signal's reason. */
  readonly body: Readable;
  readonly requestId?: string;
}
