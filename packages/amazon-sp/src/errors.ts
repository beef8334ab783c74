import {
  AuthenticationError,
  type ErrorContext,
  type FluxoriError,
  NotFoundError,
  RateLimitError,
  type RateSnapshot,
  RemoteError,
  ValidationError,
} from '@fluxori/core';
import { retryAfterMs } from '@fluxori/network';
import { type AmazonProblem, readProblems } from './errors/amazon-problem.js';
import { type ErrorRow, errorTable, otherRow } from './errors/error-table.js';
import { scrub } from './errors/scrub.js';

/** The parts of an HTTP answer that tell which error it is. */
export interface ErrorAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, else the text. */
  readonly body: unknown;
  readonly text: string;
  readonly requestId?: string;
  readonly receivedAt: Date;
}

/** For whom and what the call was. */
export interface ErrorSubject {
  /** `orders.searchOrders`. */
  readonly operation: string;
  readonly account?: string;
  readonly requestId?: string;
  /** When it was answered, by Amazon's clock where known. */
  readonly at?: Date;
  readonly attempts?: number;
  readonly rate?: RateSnapshot;
}

export interface ErrorHints {
  /** Values about a person that the request held; they are not repeated. */
  readonly personal?: readonly string[];
  /** Whether the call may be repeated; when not, a failure at Amazon leaves the outcome unknown. */
  readonly idempotent?: boolean;
}

/**
 * Amazon's error answer as one of our errors. Pure: the same answer always becomes the same error.
 *
 * @param answer - any answer that is no success.
 */
export function toSpApiError(
  answer: ErrorAnswer,
  subject: ErrorSubject,
  hints: ErrorHints = {},
): FluxoriError {
  const { kind, problems } = readProblems(answer.body, answer.text);
  const row = rowFor(answer.status, subject.operation, problems, kind !== 'amazon');
  const [first] = problems;
  const words = problems
    .map((problem) => scrub(wordsOf(problem), hints.personal))
    .filter((line) => line !== '');
  const said =
    words.length > 0 ? `: ${words.join('; ')}` : kind === 'other' ? ' with a body that is not JSON' : '';
  const unknownOutcome = answer.status >= 500 && hints.idempotent === false;
  const whom = subject.account === undefined ? '' : ` for ${subject.account}`;
  const message = `${subject.operation}${whom} answered ${answer.status}${said}.`.replace(/\.\.$/, '.');
  const context: ErrorContext = {
    ...subject,
    requestId: answer.requestId ?? subject.requestId,
    code: row.ourCode,
    at: subject.at ?? answer.receivedAt,
    remedy: unknownOutcome
      ? 'Amazon may have carried it out all the same: look before sending it again.'
      : row.remedy,
    details: {
      status: answer.status,
      ...(first?.code !== undefined && { remoteCode: scrub(first.code) }),
      ...(unknownOutcome && { outcome: 'unknown' }),
    },
  };
  switch (row.becomes) {
    case 'validation':
      return new ValidationError(message, { ...context, problems: words });
    case 'authentication':
      return new AuthenticationError(message, context);
    case 'not-found':
      return new NotFoundError(message, context);
    case 'rate-limit':
      return new RateLimitError(message, { ...context, retryAt: retryAt(answer, subject.rate) });
    case 'remote':
      return new RemoteError(message, {
        ...context,
        status: answer.status,
        remoteCode: first?.code === undefined ? undefined : scrub(first.code),
        retryable: row.retryable,
      });
  }
}

/** The one refusal that a fresh token may cure: the access token has expired. The client secret's expiry reads alike and is none. */
export function isExpiredAccessToken(answer: Pick<ErrorAnswer, 'status' | 'body' | 'text'>): boolean {
  if (answer.status !== 403) return false;
  const { problems } = readProblems(answer.body, answer.text);
  return rowFor(403, '', problems, problems.length === 0).name === 'access token expired';
}

function rowFor(
  status: number,
  operation: string,
  problems: readonly AmazonProblem[],
  unreadable: boolean,
): ErrorRow {
  const codes = problems.map(({ code }) => code ?? '');
  const texts = problems.map(({ message, details }) => `${message ?? ''} ${details ?? ''}`);
  const fits = (row: ErrorRow) =>
    row.status.includes(status) &&
    (row.unreadable === undefined || unreadable) &&
    (row.operation === undefined || row.operation.test(operation)) &&
    (row.code === undefined || codes.some((code) => row.code?.test(code))) &&
    (row.text === undefined || texts.some((text) => row.text?.test(text)));
  return errorTable.find(fits) ?? otherRow(status);
}

function wordsOf({ code, message, details }: AmazonProblem): string {
  const sentence = [message, details].filter((part) => part !== undefined && part !== '').join(' ');
  if (code === undefined) return sentence;
  return sentence === '' ? code : `${code}, ${sentence}`;
}

/** When it may go again: as Amazon says, else when the bucket has its next token. */
function retryAt(answer: ErrorAnswer, rate: RateSnapshot | undefined): Date {
  const header = answer.headers['retry-after'];
  const at = answer.receivedAt.getTime();
  const waitMs = retryAfterMs(header, at);
  return new Date(at + (waitMs ?? Math.max(1000, rate === undefined ? 0 : 1000 / rate.rate)));
}
