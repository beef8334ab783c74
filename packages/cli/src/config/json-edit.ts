import type { JsonValue } from '@fluxori/core';

/** Where a value stands in the text; of an object, its members too. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly members?: readonly Member[];
}

interface Member {
  readonly key: string;
  /** Of the key's quote. */
  readonly start: number;
  readonly value: Place;
}

/**
 * Sets one member in the text of a JSON object, and leaves every other byte as it is: order, indentation, arrays on one line. What lacks on the
 * way is made.
 *
 * @param text - valid JSON; its root is an object.
 * @param path - from the root, e.g. `['accounts', 'acme-za', 'refreshToken']`.
 */
export function setMember(text: string, path: readonly string[], value: JsonValue): string {
  const { object, depth, rest, member } = find(text, path);
  if (member !== undefined && rest.length === 0) {
    const written = textOf(value, indentAt(text, member.start), text);
    return text.slice(0, member.value.start) + written + text.slice(member.value.end);
  }
  const [key, ...inner] = rest as [string, ...string[]];
  const whole = inner.reduceRight<JsonValue>((nested, name) => ({ [name]: nested }), value);
  return insert(text, object, depth, key, whole);
}

/** Takes one member out. @returns the text unchanged when there is none. */
export function removeMember(text: string, path: readonly string[]): string {
  const { object, rest, member } = find(text, path);
  if (rest.length > 0 || member === undefined) return text;
  const members = object.members ?? [];
  const at = members.indexOf(member);
  const next = members[at + 1];
  const previous = members[at - 1];
  if (next !== undefined) return text.slice(0, member.start) + text.slice(next.start);
  if (previous !== undefined) return text.slice(0, previous.value.end) + text.slice(member.value.end);
  return `${text.slice(0, object.start)}{}${text.slice(object.end)}`;
}

/** The deepest object of the path, what of the path lacks below it, and the member that was found last. */
function find(text: string, path: readonly string[]) {
  let object = scan(text).place;
  let member: Member | undefined;
  for (const [depth, key] of path.entries()) {
    // Of two members with one name, JSON.parse takes the last.
    const found = object.members?.findLast((one) => one.key === key);
    if (found === undefined) return { object, depth, rest: path.slice(depth), member: undefined };
    member = found;
    if (depth === path.length - 1) return { object, depth, rest: [], member };
    if (found.value.members === undefined) {
      throw new TypeError(`${path.slice(0, depth + 1).join('.')} is no object`);
    }
    object = found.value;
  }
  return { object, depth: 0, rest: [], member };
}

function insert(text: string, object: Place, depth: number, key: string, value: JsonValue): string {
  const last = object.members?.at(-1);
  const isOneLine = !text.slice(object.start, object.end).includes('\n');
  if (last !== undefined && isOneLine && text.includes('\n')) {
    return splice(text, last.value.end, `, ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  }
  if (last !== undefined && isOneLine) {
    return splice(text, last.value.end, `,${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  const eol = eolOf(text);
  const outer = depth === 0 ? '' : indentAt(text, object.start);
  const indent = last === undefined ? outer + unitOf(text) : indentAt(text, last.start);
  const written = `${eol}${indent}${JSON.stringify(key)}: ${textOf(value, indent, text)}`;
  if (last !== undefined) return splice(text, last.value.end, `,${written}`);
  return `${text.slice(0, object.start)}{${written}${eol}${outer}}${text.slice(object.end)}`;
}

function splice(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

function textOf(value: JsonValue, indent: string, text: string): string {
  return JSON.stringify(value, null, unitOf(text)).replaceAll('\n', `${eolOf(text)}${indent}`);
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** What the first member of the root is indented by. */
function unitOf(text: string): string {
  return /^\s*\{\r?\n([ \t]+)/.exec(text)?.[1] ?? '  ';
}

/** The blanks at the beginning of the line in which this stands. */
function indentAt(text: string, at: number): string {
  const line = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line))?.[0] ?? '';
}

const blanks = '[ \\t\\r\\n]*';
const string = '"(?:[^"\\\\]|\\\\.)*"';
const scalar = '[^\\s,\\]}]+';

/** Reads where things stand. The text was parsed before, so it is well formed. */
function scan(text: string, from = 0): { place: Place; next: number } {
  const start = skip(text, from, blanks);
  const first = text[start];
  if (first === '"') return placed(start, skip(text, start, string));
  if (first !== '{' && first !== '[') return placed(start, skip(text, start, scalar));
  const members: Member[] = [];
  let at = skip(text, start + 1, blanks);
  while (text[at] !== '}' && text[at] !== ']') {
    const keyStart = at;
    let key = '';
    if (first === '{') {
      at = skip(text, at, string);
      key = JSON.parse(text.slice(keyStart, at)) as string;
      at = skip(text, at, blanks) + 1;
    }
    const { place, next } = scan(text, at);
    if (first === '{') members.push({ key, start: keyStart, value: place });
    at = skip(text, next, blanks);
    if (text[at] === ',') at = skip(text, at + 1, blanks);
  }
  return first === '{' ? placed(start, at + 1, members) : placed(start, at + 1);
}

function placed(start: number, end: number, members?: readonly Member[]) {
  return { place: { start, end, ...(members && { members }) }, next: end };
}

/** Where what the pattern matches at this place ends. */
function skip(text: string, at: number, pattern: string): number {
  const sticky = new RegExp(pattern, 'y');
  sticky.lastIndex = at;
  if (!sticky.test(text)) throw new TypeError(`this is no JSON, at ${at}`);
  return sticky.lastIndex;
}
