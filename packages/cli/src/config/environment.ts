export type Environment = Readonly<Record<string, string | undefined>>;

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const secret = /^secret:(.*)$/s;
const secretName = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/;

/** What references are filled with. */
export interface ReferenceSources {
  readonly env: Environment;
  /** The value of a secret, or why there is none. */
  readonly secret: (name: string) => { readonly value: string } | { readonly missing: string };
}

/**
 * Fills what a configuration refers to, so that a secret need not be in the file: `"${AMAZON_CLIENT_ID}"` in any string stands for that
 * variable of the environment, and the string `"secret:acme-client-secret"` for that secret of the sealed file. What comes in by a reference is
 * not looked through again.
 *
 * @returns the value, and the path and reason of each reference that leads nowhere.
 */
export function fillReferences(
  value: unknown,
  sources: ReferenceSources,
): { value: unknown; missing: string[] } {
  const missing: string[] = [];
  const filled = mapTexts(value, (text, path) => {
    const name = secret.exec(text)?.[1];
    if (name === undefined) {
      return text.replace(variable, (_, wanted: string) => {
        const found = sources.env[wanted];
        if (found === undefined || found === '')
          missing.push(`${path}: the environment variable ${wanted} is not set`);
        return found ?? '';
      });
    }
    const found = secretName.test(name)
      ? sources.secret(name)
      : { missing: 'what follows "secret:" is no name of a secret' };
    if ('value' in found) return found.value;
    missing.push(`${path}: ${found.missing}`);
    return '';
  });
  return { value: filled, missing };
}

/** The secrets that a configuration names, each once. */
export function secretsNamedIn(value: unknown): readonly string[] {
  const names = new Set<string>();
  mapTexts(value, (text) => {
    const name = secret.exec(text)?.[1];
    if (name !== undefined && secretName.test(name)) names.add(name);
    return text;
  });
  return [...names];
}

function mapTexts(node: unknown, map: (text: string, path: string) => string, path = ''): unknown {
  if (typeof node === 'string') return map(node, path);
  if (Array.isArray(node)) return node.map((item, index) => mapTexts(item, map, `${path}.${index}`));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, item]) => [
      key,
      mapTexts(item, map, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
