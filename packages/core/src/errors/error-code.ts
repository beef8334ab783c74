/**
 * The closed set of codes. A class of error says which kind of remedy there is; the code says which case it is.
 * Programs branch on the code, people read the message.
 */
export const errorCodes = [
  'CONFIG_INVALID',
  'CONNECTOR_UNKNOWN',
  'BACKEND_IN_USE',
  'BACKEND_UNAVAILABLE',
  'SEAL_KEY_WRONG',
  'SEAL_BROKEN',
  'SECRET_UNKNOWN',
  'SECRET_FILE_OPEN',
  'AUTH_DENIED',
  'AUTH_REVOKED',
  'AUTH_CLIENT_INVALID',
  'AUTH_CLIENT_SECRET_EXPIRED',
  'AUTH_TOKEN_REJECTED',
  'AUTH_STATE_INVALID',
  'AUTH_CODE_INVALID',
  'AUTH_WRONG_SELLER',
  'VALIDATION_FAILED',
  'OPERATION_UNKNOWN',
  'MARKETPLACE_UNKNOWN',
  'MARKETPLACE_WRONG_REGION',
  'PAGE_TOKEN_REPEATED',
  'JOB_UNKNOWN',
  'JOB_PAYLOAD_INVALID',
  'JOB_PAYLOAD_VERSION',
  'JOB_STATE',
  'NOT_FOUND',
  'RATE_LIMITED',
  'NETWORK_UNREACHABLE',
  'NETWORK_TIMEOUT',
  'NETWORK_INTERRUPTED',
  'CIRCUIT_OPEN',
  'REMOTE_REFUSED',
  'REMOTE_CONFLICT',
  'REMOTE_FAILED',
  'REMOTE_UNREADABLE',
  'DOCUMENT_FAILED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
