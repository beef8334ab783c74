import { ConfigurationError } from '@fluxori/core';

export interface UserAgentParts {
  /** The application's name, as registered. */
  readonly application: string;
  readonly version: string;
  /** Name and version of the language, e.g. `JavaScript/Node 24`. */
  readonly language?: string;
  /** Further facts, e.g. `{ Platform: 'Linux' }`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The longest that SP-API takes. Source: "Include a User-Agent header in all requests", checked 2026-11. */
const longest = 500;

/**
 * The User-Agent that SP-API requires: `AppId/Version (Language=…; Name=Value)`. A backslash escapes what would end a part: `/` in the name,
 * `(` in the version, `=` in an attribute's name, `;` and `)` in its value, and the backslash itself everywhere.
 *
 * @throws ConfigurationError when a part is empty, cannot stand in a header, or all together are over 500 characters.
 */
export function userAgent(parts: UserAgentParts): string {
  const attributes = {
    Language: parts.language ?? `JavaScript/Node ${process.versions.node}`,
    ...parts.attributes,
  };
  const pairs = Object.entries(attributes).map(
    ([name, value]) => `${escaped(name, '=')}=${escaped(value, ';)')}`,
  );
  const text = `${escaped(parts.application, '/')}/${escaped(parts.version, '(')} (${pairs.join('; ')})`;
  const problems: string[] = [];
  if (parts.application.trim() === '') problems.push('application: is empty');
  if (parts.version.trim() === '') problems.push('version: is empty');
  if (!/^[\x20-\x7e]*$/.test(text))
    problems.push('only printable ASCII characters may stand in a User-Agent');
  if (text.length > longest)
    problems.push(`it is ${text.length} characters long, at most ${longest} are taken`);
  if (problems.length > 0) {
    throw new ConfigurationError(`The User-Agent cannot be built: ${problems.join('; ')}.`, {
      field: 'application',
      problems,
      remedy: 'Give a short application name and version in plain ASCII.',
    });
  }
  return text;
}

function escaped(text: string, stops: string): string {
  return [...text].map((char) => (char === '\\' || stops.includes(char) ? `\\${char}` : char)).join('');
}
