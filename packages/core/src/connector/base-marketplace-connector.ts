import type { Capabilities, CapabilityName } from '../capability/capabilities.js';
import { ConfigurationError } from '../errors/errors.js';
import type { AccountId } from '../identity/ids.js';
import type { Health } from './health.js';

export type ConnectorState = 'new' | 'connected' | 'closed';

/**
 * What every marketplace connector is: a lifecycle, and capabilities that may be there or not.
 * A connector serves one account. `connect` and `close` may be called more than once; only the first does something.
 */
export abstract class BaseMarketplaceConnector implements AsyncDisposable {
  /** The connector's id in the factory, e.g. `amazon-sp`. */
  abstract readonly id: string;
  readonly accountId: AccountId;
  #state: ConnectorState = 'new';
  #connecting?: Promise<void>;
  #closing?: Promise<void>;

  constructor(accountId: AccountId) {
    this.accountId = accountId;
  }

  get state(): ConnectorState {
    return this.#state;
  }

  /** What this connector can do. */
  abstract get capabilities(): Capabilities;

  /** Whether it can do this. */
  has(name: CapabilityName): boolean {
    return this.capabilities[name] !== undefined;
  }

  /**
   * The capability, or an error that names what there is instead.
   * @throws ConfigurationError when the connector lacks it.
   */
  capability<Name extends CapabilityName>(name: Name): NonNullable<Capabilities[Name]> {
    const capability = this.capabilities[name];
    if (capability === undefined) {
      const offered = Object.keys(this.capabilities).join(', ') || 'none';
      throw new ConfigurationError(`Connector ${this.id} has no capability "${name}"; it has: ${offered}.`, {
        account: this.accountId,
        remedy: 'Use a connector that has it, or ask `has(name)` first.',
      });
    }
    return capability as NonNullable<Capabilities[Name]>;
  }

  /** Makes it ready for use and checks what can be checked without spending a rate-limited call. */
  connect(options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#state === 'closed') {
      return Promise.reject(
        new ConfigurationError(`Connector ${this.id} of ${this.accountId} is closed.`, {
          account: this.accountId,
          remedy: 'Create a new one from the factory.',
        }),
      );
    }
    this.#connecting ??= this.onConnect(options).then(
      () => {
        if (this.#state === 'new') this.#state = 'connected';
      },
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return this.#connecting;
  }

  /** Lets go of everything. Idempotent. */
  close(): Promise<void> {
    this.#state = 'closed';
    this.#closing ??= this.onClose();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  abstract health(): Promise<Health>;

  protected abstract onConnect(options: { signal?: AbortSignal }): Promise<void>;
  protected abstract onClose(): Promise<void>;
}
