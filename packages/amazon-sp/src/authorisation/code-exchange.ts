import {
  AuthenticationError,
  CircuitOpenError,
  type Clock,
  type FluxoriError,
  isErrorOf,
  NetworkError,
  RemoteError,
  type Secret,
  secret,
  systemClock,
} from '@fluxori/core';
import {
  type AnswerContext,
  type CallSpec,
  type HttpAnswer,
  type NetworkAwareClient,
  readComplaint,
} from '@fluxori/network';

export interface CodeExchangeRequest {
  /** The token endpoint of Login with Amazon. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string | Secret;
  /** `spapi_oauth_code`. Good once, for five minutes. */
  readonly code: string;
  /** As in the authorize URL, if it was there. */
  readonly redirectUri?: string | undefined;
  /** For errors. */
  readonly account: string;
}

export interface CodeExchangeParts {
  readonly http: NetworkAwareClient;
  readonly clock?: Clock;
  /** For all attempts; 30,000 ms by default. */
  readonly deadlineMs?: number;
}

const operation = 'lwa.exchangeCode';
/** The probe that closes a circuit takes a moment itself. */
const shortestPauseMs = 20;
const again = 'Let the seller begin the authorisation anew: that gives another code.';

/**
 * Exchanges the code that a seller brought back for a refresh token.
 *
 * It is repeated only when the request surely never left, and then until the deadline: the state that came with the code is used up, so nobody
 * can come back with it later. A code is good once, and of one that comes twice OAuth says that the tokens given for
 * it should be revoked (RFC 6749, section 4.1.2): after a lost answer, a new code is the only safe way on.
 * Source: developer-docs.amazon.com/sp-api/docs/website-authorization-workflow, checked November 2026.
 *
 * @throws AuthenticationError `AUTH_CODE_INVALID` for a code that is used, expired, or another application's; `AUTH_CLIENT_INVALID` and
 *   `AUTH_CLIENT_SECRET_EXPIRED` for the application's own credentials.
 * @throws NetworkError, CircuitOpenError, RateLimitError, RemoteError when Login with Amazon could not be used; the remedy says how to go on.
 */
export async function exchangeCode(
  request: CodeExchangeRequest,
  parts: CodeExchangeParts,
  options: { signal?: AbortSignal } = {},
): Promise<{ readonly refreshToken: Secret; readonly at: Date }> {
  const { account, url } = request;
  const clock = parts.clock ?? systemClock;
  const at = new Date(clock.now());
  let answer: HttpAnswer;
  try {
    answer = await callWhenOpen(
      {
        ...{ operation, account, method: 'POST', url },
        headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
        body: formOf(request),
        idempotent: false,
        toError: refused,
      },
      { ...parts, clock },
      options,
    );
  } catch (error) {
    if (isErrorOf(error, 'CircuitOpenError')) throw new CircuitOpenError(...neverSent(error));
    if (!isErrorOf(error, 'NetworkError')) throw error;
    throw error.outcome === 'unknown' ? lostAnswer(error) : new NetworkError(...neverSent(error));
  }
  const token = (answer.body as { refresh_token?: unknown } | undefined)?.refresh_token;
  if (typeof token === 'string' && token !== '') return { refreshToken: secret(token), at };
  throw new RemoteError(
    `${operation} for ${account}: the code was taken, but the answer holds no refresh token.`,
    {
      code: 'REMOTE_UNREADABLE',
      status: answer.status,
      ...{ operation, account },
      ...(answer.requestId !== undefined && { requestId: answer.requestId }),
      at: answer.receivedAt,
      retryable: false,
      remedy: `Check that the address is that of Login with Amazon. ${again}`,
    },
  );
}

/** An open circuit is waited for: nothing was sent, or what was sent never arrived. */
async function callWhenOpen(
  spec: CallSpec,
  parts: CodeExchangeParts & { readonly clock: Clock },
  options: { signal?: AbortSignal },
): Promise<HttpAnswer> {
  const { http, clock } = parts;
  const until = clock.now() + (parts.deadlineMs ?? 30_000);
  for (;;) {
    try {
      return await http.call(spec, { ...options, deadlineMs: until - clock.now() });
    } catch (error) {
      if (!isErrorOf(error, 'CircuitOpenError') || error.retryAt.getTime() >= until) throw error;
      await clock.sleep(Math.max(error.retryAt.getTime() - clock.now(), shortestPauseMs), options.signal);
    }
  }
}

function formOf({ clientId, clientSecret, code, redirectUri }: CodeExchangeRequest): string {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    client_secret: secret(clientSecret).reveal(),
  });
  if (redirectUri !== undefined) form.set('redirect_uri', redirectUri);
  return form.toString();
}

function refused(answer: HttpAnswer, context: AnswerContext): FluxoriError {
  const { error, refusal } = readComplaint(answer.status, answer.body);
  const subject = `${context.operation} for ${context.account}`;
  if (error === 'invalid_grant') {
    return new AuthenticationError(
      `${subject}: the authorisation code is not good: it was used already, is older than five minutes, or was given to another application or redirect URI.`,
      { ...context, code: 'AUTH_CODE_INVALID', field: 'spapi_oauth_code', details: { error }, remedy: again },
    );
  }
  if (refusal !== undefined) {
    return new AuthenticationError(`${subject}: ${refusal.what}.`, {
      ...context,
      code: refusal.code,
      remedy: refusal.subject === 'credentials' ? refusal.remedy : `${refusal.remedy} ${again}`,
      details: { error },
    });
  }
  return new RemoteError(
    `${subject}: the authorisation server answered ${answer.status}${error === undefined ? '' : ` (${error})`}.`,
    {
      ...context,
      status: answer.status,
      ...(error !== undefined && { remoteCode: error }),
      // Whether the code was used up on the way is not known, so it is not sent again.
      retryable: false,
      remedy: again,
    },
  );
}

/** The same error, with what it means here. */
function lostAnswer(error: NetworkError): NetworkError {
  return new NetworkError(`${error.message} The code may have been used up.`, {
    ...error,
    code: error.code,
    host: error.host,
    outcome: 'unknown',
    remedy: again,
    cause: error,
  });
}

/** The same error's parts, with what it means here. */
function neverSent<Kind extends CircuitOpenError | NetworkError>(error: Kind) {
  const remedy = `${error.remedy ?? 'Wait until Login with Amazon answers.'} ${again}`;
  return [`${error.message} The code was not sent.`, { ...error, remedy, cause: error }] as const;
}
