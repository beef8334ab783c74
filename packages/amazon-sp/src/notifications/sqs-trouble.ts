import {
  AuthenticationError,
  ConfigurationError,
  type FluxoriError,
  NetworkError,
  RemoteError,
} from '@fluxori/core';

/** How AWS's client names what credentials and rights have to do with. Source: SQS API reference, common errors; smithy's providers. */
const refusals: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'MissingAuthenticationToken',
  'NotAuthorized',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

const missing: ReadonlySet<string> = new Set([
  'AWS.SimpleQueueService.NonExistentQueue',
  'QueueDoesNotExist',
]);

/** What AWS's client or `sqs-consumer` threw, as an error of ours. */
export function sqsTrouble(thrown: unknown, queueUrl: string, operation: string): FluxoriError {
  const { name, status, cause } = factsOf(thrown);
  const { host } = new URL(queueUrl);
  const context = { operation, cause, details: { queueUrl, ...(name && { awsError: name }) } };
  if (missing.has(name))
    return new ConfigurationError(`There is no queue ${queueUrl}.`, {
      ...context,
      field: 'queueUrl',
      remedy: 'Correct the URL of the queue (its region is a part of it), or create the queue.',
    });
  if (refusals.has(name) || status === 401 || status === 403)
    return new AuthenticationError(`AWS does not let us at the queue ${queueUrl} (${name || status}).`, {
      ...context,
      remedy:
        'See to it that AWS credentials are there (environment, profile or role) and allow sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility and sqs:GetQueueAttributes.',
    });
  if (status !== undefined && status >= 400)
    return new RemoteError(`SQS answered ${status} (${name}) for the queue ${queueUrl}.`, {
      ...context,
      status,
      remoteCode: name,
      remedy: 'It is tried again by itself; see the health of Amazon SQS if it lasts.',
    });
  return new NetworkError(`SQS cannot be reached at ${host} (${name || 'no answer'}).`, {
    ...context,
    host,
    outcome: 'unknown',
    remedy: 'It is tried again by itself; check the line and the URL of the queue if it lasts.',
  });
}

/** The one whom a wrapper wraps says more: `sqs-consumer` keeps it as the cause. */
function factsOf(thrown: unknown): { name: string; status?: number; cause: unknown } {
  const outer = (thrown ?? {}) as Thrown;
  const inner = (outer.name === 'SQSError' && outer.cause ? outer.cause : outer) as Thrown;
  const status = inner.$metadata?.httpStatusCode;
  const name = typeof inner.code === 'string' && status === undefined ? inner.code : (inner.name ?? '');
  return { name, ...(status !== undefined && { status }), cause: inner };
}

interface Thrown {
  readonly name?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}
