import {
  AuthenticationError,
  ConfigurationError,
  DocumentError,
  isFluxoriError,
  NetworkError,
  RemoteError,
} from '@fluxori/core';

/** Where a call went, for its errors. */
export interface S3Place {
  readonly bucket: string;
  /** Host of the service, as far as it was chosen. */
  readonly host: string;
}

/** Codes that mean that who we are, or what we may, is not enough. */
const refused = new Set([
  'AccessDenied',
  'AllAccessDisabled',
  'AccountProblem',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/** Codes, also of S3-compatible services, that mean that there is no room. */
const noRoom = new Set(['QuotaExceeded', 'XMinioStorageFull', 'StorageFull', 'InsufficientStorage']);

/** The set-up's own mistakes, by code: what to do. */
const setUp: Readonly<Record<string, string>> = {
  NoSuchBucket: 'Make the bucket, or correct its name in the URL: s3://<bucket>/<prefix>.',
  InvalidBucketName: 'Correct the bucket’s name in the URL: s3://<bucket>/<prefix>.',
  PermanentRedirect: 'The bucket is in another region: name it in the URL, ?region=….',
  IllegalLocationConstraintException: 'The bucket is in another region: name it in the URL, ?region=….',
  AuthorizationHeaderMalformed: 'The bucket is in another region: name it in the URL, ?region=….',
  NotImplemented:
    'This service lacks something that AWS has. If it is checksums: add checksums=off to the URL.',
  CredentialsProviderError:
    'Give the AWS SDK credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine’s role.',
};

const neverSent = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
const onTheWay = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED']);

/** What the SDK's errors say of themselves. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode;
}

/** That there is no such object. A missing bucket is another matter. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && codeOf(error as SdkError) !== 'NoSuchBucket';
}

/** Makes of an error of the AWS SDK one of ours. `what` begins the sentence: `x cannot be written`. */
export function s3Problem(error: unknown, what: string, { bucket, host }: S3Place): Error {
  if (isFluxoriError(error)) return error;
  const found = error as SdkError;
  const code = codeOf(found);
  const status = statusOf(error);
  const { requestId } = found.$metadata ?? {};
  const context = { operation: 's3', ...(requestId !== undefined && { requestId }), cause: error };
  const said = `${what} in the bucket ${bucket}`;
  if (neverSent.has(code) || isTimeout(found) || onTheWay.has(code)) {
    const outcome = neverSent.has(code) ? 'not-sent' : 'unknown';
    return new NetworkError(`${said}: ${host} did not answer (${code}).`, {
      ...{ ...context, host, outcome },
      code: isTimeout(found) ? 'NETWORK_TIMEOUT' : 'NETWORK_UNREACHABLE',
      remedy: 'Try again when the network, or the service, is back.',
    });
  }
  const remedy = Object.hasOwn(setUp, code) ? setUp[code] : undefined;
  if (remedy !== undefined) {
    return new ConfigurationError(`${said} (${code}).`, { ...context, remedy });
  }
  if (/region is missing/i.test(found.message ?? '')) {
    return new ConfigurationError(`${said}: no region is known.`, {
      ...context,
      remedy: 'Name it in the URL, ?region=…, or set AWS_REGION.',
    });
  }
  if (noRoom.has(code) || status === 507) {
    return new DocumentError(`${said}: the service has no room left (${code}). Nothing of it was kept.`, {
      ...{ ...context, code: 'DOCUMENT_STORE_FULL' },
      remedy: 'Make room, or sweep: documents whose retention has ended are deleted by it.',
    });
  }
  if (refused.has(code) || status === 401 || status === 403) {
    return new AuthenticationError(`${said}: the service refused us (${code}).`, {
      ...context,
      remedy: `Let these credentials read, write, list and delete in ${bucket}, and abort multipart uploads there.`,
    });
  }
  if (status !== undefined) {
    const retryable = status >= 500 || status === 429;
    return new RemoteError(`${said}: the service answered ${status} ${code}.`, {
      ...{ ...context, status, remoteCode: code, retryable },
      remedy: retryable ? 'Try again later.' : 'See what the code means at the service.',
    });
  }
  return new DocumentError(`${said} (${code}).`, {
    ...{ ...context, code: 'DOCUMENT_STORE_FAILED' },
    remedy: 'See the cause.',
  });
}

/** Codes are safe to print; whatever else stands in their place may not be. */
function codeOf(error: SdkError): string {
  const [code] = [error.Code, error.code, error.name].filter(
    (one) => typeof one === 'string' && /^\w{1,80}$/.test(one) && one !== 'Error',
  );
  return code ?? 'unknown';
}

function isTimeout({ name }: SdkError): boolean {
  return name === 'TimeoutError' || name === 'RequestTimeout';
}
