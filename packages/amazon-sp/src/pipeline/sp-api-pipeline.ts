import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import {
  type AuditTrail,
  type Clock,
  isErrorOf,
  type KeyValueStore,
  type Locks,
  type Logger,
  noAudit,
  type RequestSigner,
  silentLogger,
  ValidationError,
} from '@fluxori/core';
import type { NetworkAwareClient, RateTracker } from '@fluxori/network';
import type { Authorizer } from '../auth/authorizer.js';
import { checkDataElements } from '../auth/check-data-elements.js';
import { grantlessScope } from '../auth/grantless-operations.js';
import { personalDataOf } from '../auth/personal-data.js';
import { resourceFor } from '../auth/restricted-data-tokens.js';
import type { AmazonSpConfig } from '../config.js';
import { personalValues } from '../errors/scrub.js';
import { isExpiredAccessToken, toSpApiError } from '../errors.js';
import { SubmissionWindow } from '../limits/submission-window.js';
import { feedTypeOfCall, usagePlans, windowOf } from '../limits/usage-plans.js';
import { withoutUndefined } from '../mapping/without-undefined.js';
import type { Environment } from '../regions/region.js';
import type { RegionalEndpointManager } from '../regions/regional-endpoint-manager.js';
import type { AnswerWatch } from './answer-watch.js';
import { buildRequest } from './build-request.js';
import { type ApiCallOptions, callOptions } from './call-options.js';
import { checkParameters } from './check-parameters.js';
import { checkWritable } from './check-writable.js';
import { fetchNote } from './fetch-note.js';
import { isIdempotent } from './idempotency.js';
import { operationName } from './operation-name.js';
import type { Params } from './parameter-problems.js';

export interface PipelineParts {
  readonly config: AmazonSpConfig;
  readonly endpoints: RegionalEndpointManager;
  readonly client: NetworkAwareClient;
  readonly tracker: RateTracker;
  /** A function, since restricted data tokens are fetched through this very pipeline. */
  readonly authorizer: () => Authorizer;
  readonly userAgent: string;
  /** Told of each answer. */
  readonly watch?: AnswerWatch;
  /** What limits that are counted over a window are kept by. */
  readonly windows: { readonly keyValues: KeyValueStore; readonly locks: Locks; readonly clock: Clock };
  /** Signs each attempt, where the calls go through a gateway that asks for it. */
  readonly signer: RequestSigner | undefined;
  readonly logger?: Logger;
  /** Told of each call that fetches personal data, before it is made; a call that cannot be told is not made. */
  readonly audit?: AuditTrail;
}

/** The one way to Amazon: check, limits, token, address, call, errors. The same for all 370 operations. */
export class SpApiPipeline {
  readonly #parts: PipelineParts;
  readonly #logger: Logger;
  readonly #warned = new Set<string>();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#logger = parts.logger ?? silentLogger;
  }

  /**
   * Carries out one operation.
   *
   * @param options.environment - another than the connector's; for restricted data tokens.
   * @returns Amazon's answer as it is; undefined when it is empty.
   * @throws ValidationError before anything is sent, when a parameter is wrong; `unchecked` calls only when it cannot be written into a request.
   * @throws what `toSpApiError` and the network client throw.
   */
  async call(
    operation: OperationDescriptor,
    params: Params,
    options: ApiCallOptions & { environment?: Environment } = {},
  ): Promise<unknown> {
    const { config, endpoints, client, tracker, authorizer, userAgent, signer, watch } = this.#parts;
    const environment = options.environment ?? endpoints.environment;
    const { accountId, region } = config;
    const name = operationName(operation);
    if (options.unchecked) checkWritable(operation, params, accountId);
    else {
      this.#checkPlace(operation, environment);
      const strangers = checkParameters(operation, params, { region, account: accountId });
      this.#tellStrangers(strangers, name);
      checkDataElements(operation, options.rdt, accountId);
    }
    this.#warnOnce(operation, name);

    const request = buildRequest(operation, params);
    const [path = ''] = request.target.split('?');
    const resource = resourceFor(operation, path, options);
    const personal = personalDataOf(operation, params, resource);
    if (personal !== undefined) {
      this.#logger.info(
        { audit: 'personal-data', operation: name, account: accountId, personal },
        'Personal data is asked for.',
      );
      await (this.#parts.audit ?? noAudit).record(fetchNote(name, accountId, personal, params, options));
    }
    const idempotent = isIdempotent(operation, params);
    // Without what is undefined: an option that is there replaces the client's default, whatever it holds.
    const waiting = withoutUndefined(callOptions(options));
    const limits = { environment, overrides: config.limits, ...feedTypeOfCall(operation, params) };
    const send = () =>
      client.call(
        {
          operation: name,
          account: accountId,
          method: request.method,
          url: endpoints.baseUrl(region, environment) + request.target,
          headers: { 'user-agent': userAgent, ...request.headers },
          body: request.body,
          idempotent,
          rate: {
            tracker,
            plans: usagePlans(operation, config, limits),
          },
          ...(signer && { signer }),
          authorize: authorizer().forCall(operation, resource, waiting),
          isExpiredToken: isExpiredAccessToken,
          toError: (refusal, context) =>
            toSpApiError(refusal, context, { personal: personalValues(params.body), idempotent }),
          expect: operation.method === 'GET' ? 'json' : 'json-or-nothing',
        },
        waiting,
      );
    const window = windowOf(operation, config, limits);
    watch?.asking();
    const sending =
      window === undefined
        ? send()
        : new SubmissionWindow({ ...this.#parts.windows, ...window, logger: this.#logger }).run(send, {
            ...{ signal: options.signal, maxWaitMs: options.maxWaitMs },
            ...{ account: accountId, operation: name },
          });
    const answer = await sending.catch((error: unknown) => {
      watch?.threw(error);
      // A role that one operation lacks says nothing about the token.
      if (isErrorOf(error, 'AuthenticationError') && error.code !== 'AUTH_DENIED')
        authorizer().noteRefusal(error);
      throw error;
    });
    const { status, headers, requestId, receivedAt } = answer;
    watch?.note({
      ...{ operation: name, status, repeatable: idempotent },
      ...(requestId !== undefined && { requestId }),
    });
    if (grantlessScope(operation) === undefined) authorizer().noteSuccess();
    options.onAnswer?.({ status, headers, requestId, receivedAt });
    return answer.text === '' ? undefined : answer.body;
  }

  /** Some operations exist on Amazon's sandbox hosts only. An address of one's own may be anything. */
  #checkPlace(operation: OperationDescriptor, environment: Environment): void {
    const { config, endpoints } = this.#parts;
    if (!operation.sandboxOnly || environment === 'sandbox' || endpoints.isOverridden(config.region)) return;
    throw new ValidationError(`${operationName(operation)} exists in Amazon’s sandbox only.`, {
      code: 'OPERATION_UNKNOWN',
      operation: operationName(operation),
      account: config.accountId,
      field: 'environment',
      remedy: "Use a connector with environment: 'sandbox'.",
    });
  }

  #warnOnce(operation: OperationDescriptor, name: string): void {
    if (!operation.deprecated || this.#warned.has(name)) return;
    this.#warned.add(name);
    this.#logger.warn(
      { operation: name, account: this.#parts.config.accountId },
      'Amazon has deprecated this operation and will remove it: move to its successor.',
    );
  }

  /** They may be newer than this release, or mistyped: Amazon ignores what it does not know. Each is told once. */
  #tellStrangers(strangers: readonly string[], name: string): void {
    const members = strangers.filter((one) => !this.#warned.has(`${name} ${one}`));
    if (members.length === 0) return;
    for (const one of members) this.#warned.add(`${name} ${one}`);
    this.#logger.warn(
      { operation: name, account: this.#parts.config.accountId, members },
      'The body holds members that Amazon’s model does not have; they are sent all the same.',
    );
  }
}
