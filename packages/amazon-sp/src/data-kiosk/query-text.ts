import { createHash } from 'node:crypto';
import { ValidationError } from '@fluxori/core';

/** Source: `query` of CreateQuerySpecification, dataKiosk_2023-11-15, checked November 2026. Characters, without unnecessary whitespace. */
const longestQuery = 8_000;

/** Source: developer-docs.amazon.com/sp-api/docs (deprecation schedule), checked November 2026. */
const retired: Readonly<Record<string, string>> = {
  analytics_salesAndTraffic_2023_11_15: 'analytics_salesAndTraffic_2024_04_24',
};

const token = /\s+|,|#[^\n]*|("(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|.)/gs;

/** The query's tokens: two texts with the same ones ask the same. */
function tokensOf(query: string): readonly string[] {
  return [...query.matchAll(token)].flatMap(([, one]) => one ?? []);
}

/** Names a query by what it asks, not by how it is laid out. */
export function queryKey(query: string): string {
  return createHash('sha256').update(tokensOf(query).join(' ')).digest('base64url').slice(0, 22);
}

/** The dataset that is asked, and its view: `analytics_salesAndTraffic_2024_04_24`, `salesAndTrafficByAsin`. */
export interface QuerySubject {
  readonly dataset: string;
  readonly view: string;
}

/**
 * What a query is about.
 * @throws ValidationError for a text that Amazon would refuse: empty, too long, with brackets that do not match, of a dataset that is gone.
 */
export function querySubject(query: string, account: string): QuerySubject {
  const tokens = typeof query === 'string' ? tokensOf(query) : [];
  const wrong = (text: string, remedy = 'Correct the query; nothing was sent.') =>
    new ValidationError(`query: ${text}.`, {
      field: 'query',
      account,
      operation: 'dataKiosk.createQuery',
      remedy,
    });
  if (tokens.length === 0) throw wrong('is empty');
  checkBrackets(tokens, wrong);
  const least = tokens.join(' ').replaceAll(/ ?([{}()[\]:]) ?/g, '$1').length;
  if (least > longestQuery)
    throw wrong(
      `has ${least} characters, and Amazon takes ${longestQuery}`,
      'Ask for fewer fields, or ask twice.',
    );
  const [dataset, view] = fieldsToView(tokens);
  if (dataset === undefined || view === undefined)
    throw wrong('asks for nothing', 'Write it as `query { dataset { view(arguments) { fields } } }`.');
  const successor = Object.hasOwn(retired, dataset) ? retired[dataset] : undefined;
  if (successor !== undefined) throw wrong(`Amazon has switched off ${dataset}`, `Use ${successor}.`);
  return { dataset, view };
}

/** The first name after each of the first two opening braces; aliases left out. */
function fieldsToView(tokens: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const [index, one] of tokens.entries()) {
    if (one !== '{') continue;
    const [first = '', colon, aliased = ''] = tokens.slice(index + 1, index + 4);
    const name = colon === ':' ? aliased : first;
    if (!/^[A-Za-z_]\w*$/.test(name)) break;
    names.push(name);
    if (names.length === 2) break;
  }
  return names;
}

const closing: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' };

function checkBrackets(tokens: readonly string[], wrong: (text: string) => ValidationError): void {
  const open: string[] = [];
  for (const one of tokens) {
    const close = closing[one];
    if (close !== undefined) open.push(close);
    else if (Object.values(closing).includes(one) && open.pop() !== one)
      throw wrong(`has a ${one} that nothing opens`);
    else if (one === '"') throw wrong('has a text without its closing quote');
  }
  if (open.length > 0) throw wrong(`lacks its ${open.reverse().join(' ')} at the end`);
}
