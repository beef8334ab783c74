import type { IncomingHttpHeaders } from 'node:http';

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; the text, when it is not JSON; undefined, when there is none. */
  readonly body: unknown;
  readonly text: string;
  /** The remote side's id of the request, for its support. */
  readonly requestId?: string;
  readonly receivedAt: Date;
}

/** An answer as it came, before anybody made sense of it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** What a body turned out to be. */
export type BodyKind = 'empty' | 'json' | 'text';

/** Under these names hosts give the id of a request. */
const requestIdHeaders = ['x-amzn-requestid', 'x-amz-request-id', 'x-request-id'];

/** Makes sense of the bytes: charset, byte order mark, JSON if it is JSON. Never throws. */
export function readAnswer(raw: RawAnswer, receivedAt: Date): { answer: HttpAnswer; kind: BodyKind } {
  const text = decode(raw.bytes, raw.headers['content-type']);
  const { body, kind } = parse(text);
  const requestId = requestIdOf(raw.headers);
  const answer = { status: raw.status, headers: raw.headers, body, text, receivedAt };
  return { answer: requestId === undefined ? answer : { ...answer, requestId }, kind };
}

function parse(text: string): { body: unknown; kind: BodyKind } {
  if (text.trim() === '') return { body: undefined, kind: 'empty' };
  try {
    return { body: JSON.parse(text) as unknown, kind: 'json' };
  } catch {
    return { body: text, kind: 'text' };
  }
}

function decode(bytes: Buffer, contentType: string | undefined): string {
  if (bytes.length === 0) return '';
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8') {
    const text = bytes.toString('utf8');
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** The remote side's id of a request, from its answer's headers. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  for (const name of requestIdHeaders) {
    const id = headers[name];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Repeated headers as one, joined with a comma. */
export function flatHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
