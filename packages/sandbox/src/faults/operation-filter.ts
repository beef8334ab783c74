/** The key under which faults name the token endpoint. */
export const lwaOperation = 'lwa.token';

/** The key of bare `HEAD /` requests, by which a client asks whether a host is alive. */
export const probeOperation = 'probe';

/** The keys of requests to the documents host. */
export const documentOperations = {
  GET: 'documents.get',
  HEAD: 'documents.head',
  PUT: 'documents.put',
} as const;

const documentKeys: readonly string[] = Object.values(documentOperations);

/** Keys of requests to SQS begin so: `sqs.ReceiveMessage`. */
export const sqsPrefix = 'sqs.';

/** How SP-API requests to no operation are counted. */
export const unknownOperation = 'unknown';

/**
 * Turns `operation` of a fault into a test.
 *
 * @param operation - keys with `*` for anything; without any, all of SP-API, but neither LWA nor probes nor documents.
 */
export function operationFilter(operation: string | readonly string[] | undefined): (key: string) => boolean {
  if (operation === undefined)
    return (key) =>
      key !== lwaOperation &&
      key !== probeOperation &&
      !documentKeys.includes(key) &&
      !key.startsWith(sqsPrefix);
  const patterns = (typeof operation === 'string' ? [operation] : operation).map(
    (pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`, 'u'),
  );
  return (key) => patterns.some((pattern) => pattern.test(key));
}

/** Keys of a filter that no operation has; those with `*` are taken as they are. */
export function unknownKeys(
  operation: string | readonly string[] | undefined,
  knows: (key: string) => boolean,
): readonly string[] {
  const keys = operation === undefined ? [] : typeof operation === 'string' ? [operation] : operation;
  const others = [lwaOperation, probeOperation, unknownOperation, ...documentKeys];
  return keys.filter(
    (key) => !key.includes('*') && !others.includes(key) && !key.startsWith(sqsPrefix) && !knows(key),
  );
}

function literally(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
