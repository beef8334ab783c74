import type { BodyKind, HttpAnswer } from '../transport/http-answer.js';
import type { CallSpec } from './call-spec.js';

/** What is to be done with an answer. */
export type AnswerVerdict =
  | { readonly is: 'success' }
  | { readonly is: 'throttled' }
  /** Refused only because the token has expired. */
  | { readonly is: 'expired' }
  /** A success that brings nothing that could be used. */
  | { readonly is: 'unreadable'; readonly why: string }
  | { readonly is: 'refused' };

/** Successes that have no body by their nature. Source: RFC 9110, sections 15.3.5 and 15.3.6. */
const bodiless: ReadonlySet<number> = new Set([204, 205]);

/** Statuses with which the rate header comes. Source: SP-API docs, "Usage plans and rate limits", checked 2026-11. */
export function tellsRate(status: number): boolean {
  return (status >= 200 && status < 300) || status === 400 || status === 404;
}

export function judgeAnswer(spec: CallSpec, answer: HttpAnswer, kind: BodyKind): AnswerVerdict {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const why = whyUnreadable(spec, status, kind, answer.text);
    return why === undefined ? { is: 'success' } : { is: 'unreadable', why };
  }
  if (spec.isThrottle === undefined ? status === 429 : spec.isThrottle(answer)) return { is: 'throttled' };
  if (spec.isExpiredToken?.(answer)) return { is: 'expired' };
  return { is: 'refused' };
}

function whyUnreadable(spec: CallSpec, status: number, kind: BodyKind, text: string): string | undefined {
  const expect = spec.expect ?? 'json';
  if (kind === 'json' || expect === 'anything' || bodiless.has(status) || spec.method === 'HEAD')
    return undefined;
  if (kind === 'empty')
    return expect === 'json-or-nothing' ? undefined : 'it is empty where JSON was expected';
  const start = text.trimStart();
  if (start.startsWith('<')) return 'it is HTML or XML where JSON was expected';
  if (start.startsWith('{') || start.startsWith('[')) return 'its JSON is cut off or broken';
  return 'it is not JSON';
}
