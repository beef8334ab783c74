/** The key under which faults name the token endpoint. */
export const lwaOperation = 'lwa.token';

/**
 * Turns `operation` of a fault into a test.
 *
 * @param operation - keys with `*` for anything; without any, all of SP-API.
 */
export function operationFilter(operation: string | readonly string[] | undefined): (key: string) => boolean {
  if (operation === undefined) return (key) => key !== lwaOperation;
  const patterns = (typeof operation === 'string' ? [operation] : operation).map(
    (pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`, 'u'),
  );
  return (key) => patterns.some((pattern) => pattern.test(key));
}

function literally(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
