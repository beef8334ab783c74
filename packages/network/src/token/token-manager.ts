import {
  AuthenticationError,
  type Clock,
  type FluxoriError,
  type Logger,
  type Metrics,
  noMetrics,
  RemoteError,
  silentLogger,
  systemClock,
} from '@fluxori/core';
import type { AnswerContext } from '../client/call-spec.js';
import type { NetworkAwareClient } from '../client/network-aware-client.js';
import { metricNames } from '../metric-names.js';
import type { HttpAnswer } from '../transport/http-answer.js';
import { expiresAt, type IAmazonToken, isAccessToken, lifeSeconds } from './amazon-token.js';
import { expiredSecret, type LwaRefusal, permanentRefusals, readComplaint } from './lwa-errors.js';
import { type Refusal, Refusals } from './refusals.js';
import type { TokenCache } from './token-cache.js';
import { isGrantless, requestKey, type TokenRequest, tokenForm } from './token-request.js';

export interface TokenManagerOptions {
  /** The token endpoint of Login with Amazon, e.g. `https://api.amazon.com/auth/o2/token`. */
  readonly url: string;
  readonly http: NetworkAwareClient;
  readonly cache: TokenCache;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** For one token, all attempts together; 30,000 ms by default. */
  readonly deadlineMs?: number;
}

const operation = 'lwa.token';

/** Access tokens of Login with Amazon, for sellers (refresh token) and for the application itself (grantless, by scope). */
export class TokenManager {
  readonly #options: TokenManagerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #refusals: Refusals;
  readonly #keys = new WeakMap<TokenRequest, string>();
  /** The tokens whose expiry the metrics tell. */
  readonly #told = new WeakMap<TokenRequest, IAmazonToken>();

  constructor(options: TokenManagerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#metrics = options.metrics ?? noMetrics;
    this.#refusals = new Refusals({
      store: options.cache.keyValues,
      url: options.url,
      clock: this.#clock,
      logger: this.#logger,
    });
  }

  /**
   * A usable access token: the one at hand, or a new one. Asked for by one caller and one process at a time, and renewed ahead of its end in
   * the background, so that an authorisation server that is away does not disturb calls whose token is still good.
   *
   * @param request - keep the object: its key is computed once.
   * @param options.rejected - this access token was refused; another is fetched.
   * @throws AuthenticationError when the authorisation is refused for good; that is remembered and not asked again with the same credentials.
   * @throws NetworkError, CircuitOpenError, RateLimitError, RemoteError when the server cannot be used now.
   */
  getToken(
    request: TokenRequest,
    options: { signal?: AbortSignal; rejected?: string } = {},
  ): Promise<IAmazonToken> {
    const key = this.#key(request);
    const token = this.#options.cache.through(key, ({ signal }) => this.#load(request, signal), options);
    return this.#metrics === noMetrics ? token : token.then((held) => this.#tellExpiry(request, held));
  }

  /** The usable token that this process or another holds; nobody is asked for one. */
  held(request: TokenRequest): Promise<IAmazonToken | undefined> {
    return this.#options.cache.get(this.#key(request));
  }

  /** Forgets that these credentials were refused, for example when the seller says that all is in order again. */
  async forgetRefusal(request: TokenRequest): Promise<void> {
    await this.#refusals.forget(request);
  }

  #key(request: TokenRequest): string {
    let key = this.#keys.get(request);
    if (key === undefined) {
      key = requestKey(this.#options.url, request);
      this.#keys.set(request, key);
    }
    return key;
  }

  /** Also of a token that another process fetched; once for each token. */
  #tellExpiry(request: TokenRequest, token: IAmazonToken): IAmazonToken {
    if (this.#told.get(request) !== token) {
      this.#told.set(request, token);
      const account = isGrantless(request) ? request.scope : request.account;
      this.#metrics.gauge(metricNames.tokenExpiry, Math.floor(expiresAt(token) / 1_000), { account });
    }
    return token;
  }

  async #load(request: TokenRequest, signal: AbortSignal): Promise<IAmazonToken> {
    const known = await this.#refusals.find(request);
    if (known !== undefined) throw this.#remembered(request, known);
    const kind = isGrantless(request) ? 'grantless' : 'seller';
    const createdAt = this.#clock.now();
    try {
      const answer = await this.#options.http.call(
        {
          operation,
          ...(!isGrantless(request) && { account: request.account }),
          method: 'POST',
          url: this.#options.url,
          headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
          body: tokenForm(request),
          // Asking twice gives two good tokens.
          idempotent: true,
          toError: (failed, context) => refused(failed, context),
        },
        { signal, deadlineMs: this.#options.deadlineMs ?? 30_000 },
      );
      const token = readToken(answer, createdAt, request);
      this.#metrics.count(metricNames.tokens, { kind, outcome: 'granted' });
      return token;
    } catch (error) {
      this.#metrics.count(metricNames.tokens, { kind, outcome: 'failed' });
      await this.#remember(request, error);
      throw error;
    }
  }

  async #remember(request: TokenRequest, error: unknown): Promise<void> {
    const details = error instanceof AuthenticationError ? error.details : undefined;
    if (details === undefined || typeof details.error !== 'string') return;
    const isExpired = (error as AuthenticationError).code === expiredSecret.code;
    const refusal = isExpired ? expiredSecret : permanentRefusals[details.error];
    if (refusal === undefined) return;
    this.#logger.error(
      { operation, code: refusal.code, ...(!isGrantless(request) && { account: request.account }) },
      `The authorisation server refuses: ${refusal.what}. ${refusal.remedy}`,
    );
    await this.#refusals.remember(request, {
      subject: refusal.subject,
      rememberMs: refusal.rememberMs,
      error: details.error,
      expiredSecret: isExpired,
    });
  }

  #remembered(request: TokenRequest, known: Refusal): AuthenticationError {
    const refusal = known.expiredSecret ? expiredSecret : permanentRefusals[known.error];
    const context = {
      operation,
      ...(!isGrantless(request) && { account: request.account }),
      at: new Date(this.#clock.now()),
      attempts: 0,
    };
    return denied(
      refusal,
      known.error,
      context,
      ` (refused since ${new Date(known.since).toISOString()}; not asked again)`,
    );
  }
}

function refused(answer: HttpAnswer, context: AnswerContext): FluxoriError {
  const complaint = readComplaint(answer.status, answer.body);
  if (complaint.refusal !== undefined) return denied(complaint.refusal, complaint.error ?? '', context);
  const named = complaint.error === undefined ? '' : ` (${complaint.error})`;
  return new RemoteError(`${subject(context)}: the authorisation server answered ${answer.status}${named}.`, {
    ...context,
    status: answer.status,
    ...(complaint.error !== undefined && { remoteCode: complaint.error }),
    // What is not in the table of permanent refusals, such as a gateway's page, may pass.
    retryable: true,
    remedy: 'Try again later; if it goes on, check the authorisation URL and what lies between.',
  });
}

function denied(
  refusal: LwaRefusal | undefined,
  error: string,
  context: AnswerContext,
  note = '',
): AuthenticationError {
  const what = refusal?.what ?? 'the authorisation was refused';
  return new AuthenticationError(`${subject(context)}: ${what}${note}.`, {
    ...context,
    ...(refusal && { code: refusal.code, remedy: refusal.remedy }),
    details: { error },
  });
}

function readToken(answer: HttpAnswer, createdAt: number, request: TokenRequest): IAmazonToken {
  const fields = (typeof answer.body === 'object' && answer.body !== null ? answer.body : {}) as Record<
    string,
    unknown
  >;
  const { access_token, token_type, expires_in, refresh_token } = fields;
  if (!isAccessToken(access_token)) {
    throw new RemoteError('The authorisation server granted a token, but its answer holds none.', {
      code: 'REMOTE_UNREADABLE',
      status: answer.status,
      operation,
      ...(!isGrantless(request) && { account: request.account }),
      ...(answer.requestId !== undefined && { requestId: answer.requestId }),
      at: answer.receivedAt,
      retryable: true,
      remedy: 'Check that the authorisation URL is that of Login with Amazon.',
    });
  }
  return {
    access_token,
    token_type: typeof token_type === 'string' ? token_type : 'bearer',
    expires_in: lifeSeconds(expires_in),
    ...(typeof refresh_token === 'string' && { refresh_token }),
    created_at: createdAt,
  };
}

function subject(context: AnswerContext): string {
  return context.account === undefined ? context.operation : `${context.operation} for ${context.account}`;
}
