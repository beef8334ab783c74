/** What Amazon's error bodies hold: `{ errors: [{ code, message, details }] }`. */
export interface AmazonProblem {
  readonly code?: string;
  readonly message?: string;
  readonly details?: string;
}

/** How an error's body could be read. `other` is HTML from a gateway, plain text, or JSON of another shape. */
export type BodyKind = 'amazon' | 'empty' | 'other';

/**
 * Reads an error body, whatever came: Amazon's payload, a gateway's HTML, or nothing.
 * Source of the shape: `ErrorList` of Amazon's models; gateway errors as HTML: selling-partner-api-docs issue 2434.
 */
export function readProblems(
  body: unknown,
  text: string,
): { kind: BodyKind; problems: readonly AmazonProblem[] } {
  const list = errorList(body);
  if (list !== undefined) {
    const problems = list.filter(isObject).map((one) => ({
      code: textOf(one, 'code', 'errorCode'),
      message: textOf(one, 'message', 'errorMessage'),
      details: textOf(one, 'details', 'detail'),
    }));
    if (problems.length > 0) return { kind: 'amazon', problems };
  }
  // API Gateway's own errors come as { message } or { Message }.
  if (isObject(body)) {
    const message = textOf(body, 'message', 'Message');
    if (message !== undefined)
      return { kind: 'amazon', problems: [{ message, code: textOf(body, 'code', '__type') }] };
  }
  return { kind: text.trim() === '' ? 'empty' : 'other', problems: [] };
}

function errorList(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  if (!isObject(body)) return undefined;
  const { errors } = body;
  if (Array.isArray(errors)) return errors;
  return isObject(errors) ? [errors] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(from: Record<string, unknown>, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = from[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}
