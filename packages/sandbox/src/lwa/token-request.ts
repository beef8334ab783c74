/**
 * Reads the fields of a token request, form-encoded or JSON.
 *
 * @returns the fields, or a sentence that says what is wrong.
 */
export function parseTokenRequest(
  contentType: string | undefined,
  body: string,
): Readonly<Record<string, string>> | string {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return fromForm(body);
  if (type === 'application/json') return fromJson(body);
  return 'The Content-Type must be application/x-www-form-urlencoded or application/json';
}

function fromForm(body: string): Readonly<Record<string, string>> | string {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    if (Object.hasOwn(fields, name)) return `The request repeats a parameter : ${name}`;
    fields[name] = value;
  }
  return fields;
}

function fromJson(body: string): Readonly<Record<string, string>> | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'The request body is not valid JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return 'The request body must be a JSON object';
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') return `The parameter must be a string : ${name}`;
    fields[name] = value;
  }
  return fields;
}
