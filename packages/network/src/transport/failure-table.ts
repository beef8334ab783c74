import type { ErrorCode, NetworkError } from '@fluxori/core';

/** What is known of a request that got no answer. */
export type Outcome = 'not-sent' | 'unknown';

/** How far the request had come when it failed. */
export type Phase = 'connecting' | 'waiting' | 'reading';

interface FailureKind {
  readonly code: ErrorCode;
  /** True: this error can only come before a byte of the request has left. Otherwise the phase decides. */
  readonly beforeSending?: true;
  /** Whether trying again at once can help. */
  readonly repeat: boolean;
  readonly what: string;
  readonly remedy: string;
}

const unreachable = {
  code: 'NETWORK_UNREACHABLE',
  beforeSending: true,
  repeat: true,
} as const;
const interrupted = {
  code: 'NETWORK_INTERRUPTED',
  repeat: true,
  remedy: 'Try again; if it goes on, look at the connection, the proxy and the firewall.',
} as const;
const certificate = {
  code: 'NETWORK_UNREACHABLE',
  beforeSending: true,
  repeat: false,
  remedy:
    'Check the system clock, a proxy that opens TLS connections, and the certificates that Node trusts (NODE_EXTRA_CA_CERTS).',
} as const;
const checkNetwork = 'Check the network connection, the DNS, and the proxy settings.';

/**
 * The errors that Node gives for a failed request, by their code.
 * Source: Node.js 24 documentation ("Common system errors", "OpenSSL error codes"), libuv's error list, and the tests beside this table.
 */
export const failureTable: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: { ...unreachable, what: 'the connection was refused', remedy: checkNetwork },
  ENOTFOUND: { ...unreachable, what: 'its name does not resolve', remedy: checkNetwork },
  EAI_AGAIN: { ...unreachable, what: 'its name could not be resolved now', remedy: checkNetwork },
  EHOSTUNREACH: { ...unreachable, what: 'there is no route to it', remedy: checkNetwork },
  EHOSTDOWN: { ...unreachable, what: 'it is down', remedy: checkNetwork },
  ENETUNREACH: { ...unreachable, what: 'there is no network', remedy: checkNetwork },
  ENETDOWN: { ...unreachable, what: 'the network is down', remedy: checkNetwork },
  EADDRNOTAVAIL: { ...unreachable, what: 'no local address or port is free', remedy: checkNetwork },
  EMFILE: {
    ...unreachable,
    what: 'this process has too many open files',
    remedy: 'Raise the limit of open files.',
  },
  FLUXORI_CONNECT_TIMEOUT: {
    code: 'NETWORK_TIMEOUT',
    beforeSending: true,
    repeat: true,
    what: 'no connection came about in time',
    remedy: checkNetwork,
  },
  FLUXORI_PROXY_REFUSED: {
    ...unreachable,
    repeat: false,
    what: 'the proxy did not open a connection to it',
    remedy: 'Check HTTPS_PROXY and its user name and password, or except the host with NO_PROXY.',
  },
  FLUXORI_FIRST_BYTE_TIMEOUT: {
    code: 'NETWORK_TIMEOUT',
    repeat: true,
    what: 'no answer came in time',
    remedy: 'Try again; allow more time (timeouts.firstByteMs) if the operation is slow.',
  },
  FLUXORI_IDLE_TIMEOUT: {
    code: 'NETWORK_TIMEOUT',
    repeat: true,
    what: 'the answer stopped in the middle',
    remedy: interrupted.remedy,
  },
  FLUXORI_SEND_TIMEOUT: {
    code: 'NETWORK_TIMEOUT',
    repeat: true,
    what: 'it stopped taking what was sent',
    remedy: interrupted.remedy,
  },
  FLUXORI_ANSWER_TOO_LONG: {
    ...interrupted,
    what: 'more came than the answer had announced',
    remedy: 'Try again; if it goes on, look at the proxy, or tell the remote side.',
  },
  FLUXORI_TOTAL_TIMEOUT: {
    code: 'NETWORK_TIMEOUT',
    repeat: true,
    what: 'the attempt took too long',
    remedy: 'Try again; allow more time (timeouts.attemptMs, deadlineMs) if the operation is slow.',
  },
  FLUXORI_DEADLINE: {
    code: 'NETWORK_TIMEOUT',
    beforeSending: true,
    repeat: false,
    what: 'the time for the call was over before it could be sent',
    remedy: 'Allow more time (deadlineMs).',
  },
  ETIMEDOUT: { code: 'NETWORK_TIMEOUT', repeat: true, what: 'it timed out', remedy: checkNetwork },
  ECONNRESET: { ...interrupted, what: 'the connection was reset' },
  ECONNABORTED: { ...interrupted, what: 'the connection was aborted' },
  EPIPE: { ...interrupted, what: 'the connection was closed while sending' },
  ENETRESET: { ...interrupted, what: 'the network was reset' },
  EPROTO: { ...interrupted, what: 'the TLS or HTTP exchange broke' },
  ERR_STREAM_PREMATURE_CLOSE: { ...interrupted, what: 'the answer ended too early' },
  HPE_INVALID_CONSTANT: { ...interrupted, what: 'it does not speak HTTP' },
  HPE_HEADER_OVERFLOW: { ...interrupted, repeat: false, what: 'its headers are too large' },
  CERT_HAS_EXPIRED: { ...certificate, what: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { ...certificate, what: 'its certificate is not valid yet' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { ...certificate, what: 'its certificate is self-signed' },
  SELF_SIGNED_CERT_IN_CHAIN: { ...certificate, what: 'its certificate chain is self-signed' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { ...certificate, what: 'its certificate cannot be verified' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { ...certificate, what: 'the issuer of its certificate is not trusted' },
  ERR_TLS_CERT_ALTNAME_INVALID: { ...certificate, what: 'its certificate is for another name' },
};

const unknownFailure: FailureKind = { ...interrupted, what: 'the connection failed' };

export interface FailureClass {
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  readonly repeat: boolean;
  readonly what: string;
  readonly remedy: string;
}

/**
 * What a failed request means.
 *
 * @param errorCode - Node's code, e.g. `ECONNRESET`, or one of ours.
 * @param phase - how far the request had come: before there is a connection nothing can have been sent.
 */
export function classifyFailure(errorCode: string | undefined, phase: Phase): FailureClass {
  const kind = (errorCode === undefined ? undefined : failureTable[errorCode]) ?? unknownFailure;
  const outcome: Outcome = phase === 'connecting' ? 'not-sent' : 'unknown';
  const unreached = outcome === 'not-sent' && kind.code === 'NETWORK_INTERRUPTED';
  return {
    code: unreached ? 'NETWORK_UNREACHABLE' : kind.code,
    outcome: kind.beforeSending ? 'not-sent' : outcome,
    repeat: kind.repeat,
    what: kind.what,
    remedy: kind.remedy,
  };
}

/** Whether what broke a call may be over a moment later; a certificate or a proxy's refusal is not. */
export function mayPass(error: NetworkError): boolean {
  const errorCode = error.details?.errorCode;
  return typeof errorCode !== 'string' || (failureTable[errorCode] ?? unknownFailure).repeat;
}
