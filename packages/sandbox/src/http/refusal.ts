/** One entry of Amazon's error list. */
export interface AmazonError {
  readonly code: string;
  readonly message: string;
  readonly details: string;
}

/**
 * A request that the far side turns down. It is thrown by checks and operations, becomes Amazon's answer
 * (`{"errors":[{code, message, details}]}`), and never leaves the sandbox.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details = '',
    /** `x-amzn-ErrorType`, where the status does not tell it. */
    readonly errorType?: string,
  ) {
    super(message);
  }

  get errors(): readonly AmazonError[] {
    return [{ code: this.code, message: this.message, details: this.details }];
  }
}

/** 400: a parameter, header or body that Amazon does not take. */
export function invalidInput(message: string, details = ''): Refusal {
  return new Refusal(400, 'InvalidInput', message, details);
}

/** 403: Amazon's fixed message; `details` say why. */
export function accessDenied(details: string): Refusal {
  return new Refusal(403, 'Unauthorized', 'Access to requested resource is denied.', details);
}

/** 403: what API Gateway says of a method and path that it does not serve (docs issue 76). */
export function noSuchRoute(): Refusal {
  const details = 'There is no such operation: check method and path.';
  return new Refusal(
    403,
    'MissingAuthenticationToken',
    'Access to requested resource is denied.',
    details,
    'MissingAuthenticationTokenException',
  );
}

export function notFound(message: string, details = ''): Refusal {
  return new Refusal(404, 'NotFound', message, details);
}

/** Amazon's wire text for a throttled request, word for word (docs issues 553 and 86). */
export const quotaExceeded = new Refusal(
  429,
  'QuotaExceeded',
  'You exceeded your quota for the requested resource.',
);

/** `x-amzn-ErrorType` by status, as API Gateway names them. */
export function errorTypeOf(status: number): string {
  switch (status) {
    case 400:
      return 'ValidationException';
    case 403:
      return 'AccessDeniedException';
    case 404:
      return 'ResourceNotFoundException';
    case 409:
      return 'ConflictException';
    case 415:
      return 'UnsupportedMediaTypeException';
    case 429:
      return 'TooManyRequestsException';
    case 503:
      return 'ServiceUnavailableException';
    case 504:
      return 'GatewayTimeoutException';
    default:
      return status >= 500 ? 'InternalFailure' : 'BadRequestException';
  }
}
