import { AmazonSPConnector, amazonSp } from '@fluxori/amazon-sp';
import type { FluxoriBackend } from '@fluxori/backend';
import {
  type AccountId,
  type AuditTrail,
  accountId,
  ConfigurationError,
  ConnectorFactory,
  isErrorOf,
  type KeyValueStore,
  type Logger,
  type Metrics,
  NotFoundError,
  ValidationError,
} from '@fluxori/core';
import type { NetworkAwareClient, RateTracker } from '@fluxori/network';
import type { CliConfig } from '../config/config.js';
import type { Contents } from './open-contents.js';

/** The factory with every connector that this program knows. */
export function knownConnectors() {
  return new ConnectorFactory().register(amazonSp);
}

type Factory = ReturnType<typeof knownConnectors>;

export interface ConnectorParts {
  readonly backend: FluxoriBackend;
  /** Where tokens are kept. */
  readonly secureKeyValues: KeyValueStore;
  /** Where copies of documents are kept. */
  readonly contents: Contents['contents'];
  readonly sealedContents?: Contents['contents'];
  /** Told of each fetching of personal data. */
  readonly audit: AuditTrail;
  readonly client: NetworkAwareClient;
  readonly tracker: RateTracker;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Checks every account's configuration without creating anything; returns each problem with its path in the file. */
export function problemsOf(accounts: CliConfig['accounts'], factory: Factory = knownConnectors()): string[] {
  return Object.entries(accounts).flatMap(([name, { connector, ...written }]) => {
    try {
      factory.check(connector, { ...written, accountId: name });
      return [];
    } catch (error) {
      if (!isErrorOf(error, 'ConfigurationError')) throw error;
      const problems = error.problems.length > 0 ? error.problems : [`connector: ${error.message}`];
      return problems.map((problem) => `accounts.${name}.${problem}`);
    }
  });
}

/** The connectors of the configured accounts, each made when it is first asked for. */
export class Connectors {
  readonly #made = new Map<string, AmazonSPConnector>();

  constructor(
    private readonly factory: Factory,
    private readonly accounts: CliConfig['accounts'],
    private readonly parts: ConnectorParts,
  ) {}

  /** Those that were asked for. */
  get made(): readonly AmazonSPConnector[] {
    return [...this.#made.values()];
  }

  get accountIds(): readonly AccountId[] {
    return Object.keys(this.accounts).map(accountId);
  }

  /**
   * The account meant: the one named, else the only one there is.
   * @throws ConfigurationError when none is configured; NotFoundError when none has that name; ValidationError when a name is needed.
   */
  choose(name: string | undefined): AccountId {
    const names = Object.keys(this.accounts);
    if (name === undefined && names.length === 1) return accountId(names[0] as string);
    if (name !== undefined && names.includes(name)) return accountId(name);
    const field = 'account';
    if (names.length === 0) {
      throw new ConfigurationError('No account is configured.', {
        field,
        remedy:
          'Add one with `fluxori accounts add`, or start `fluxori sandbox --write-config fluxori.config.json` to try without Amazon.',
      });
    }
    if (name !== undefined) throw this.#noSuchAccount(name);
    throw new ValidationError(`There is more than one account: ${names.join(', ')}.`, {
      field,
      remedy: 'Name one of them with --account.',
    });
  }

  /**
   * An account's name for reading what is stored; it need not be configured (any more).
   * @param isEmpty - whether nothing is stored that could be shown.
   * @throws NotFoundError when it is neither configured nor anything of it stored: a slip of the pen, most likely.
   */
  checkKnown(name: string | undefined, isEmpty: boolean): void {
    if (name === undefined || !isEmpty || Object.hasOwn(this.accounts, name)) return;
    throw this.#noSuchAccount(name);
  }

  /** The account's connector, connected. @throws ConfigurationError when the account is not configured (any more). */
  async get(account: AccountId): Promise<AmazonSPConnector> {
    if (!Object.hasOwn(this.accounts, account)) {
      const { message, remedy } = this.#noSuchAccount(account);
      throw new ConfigurationError(message, { field: 'account', account, ...(remedy && { remedy }) });
    }
    let connector = this.#made.get(account);
    if (connector === undefined) {
      connector = this.#create(account);
      this.#made.set(account, connector);
    }
    await connector.connect();
    return connector;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#made.values()].map((connector) => connector.close()));
  }

  #noSuchAccount(name: string): NotFoundError {
    const names = Object.keys(this.accounts).join(', ');
    return new NotFoundError(`There is no account ${JSON.stringify(name)}; there are: ${names || 'none'}.`, {
      field: 'account',
      remedy: 'Name one that is there, or add it with `fluxori accounts add`.',
    });
  }

  #create(account: AccountId): AmazonSPConnector {
    const { connector: kind, ...written } = this.accounts[account] as { connector: string };
    const made = this.factory.create(
      kind as 'amazon-sp',
      { ...written, accountId: account } as never,
      this.parts,
    );
    if (!(made instanceof AmazonSPConnector)) {
      throw new ConfigurationError(
        `Account ${account} has the connector "${kind}", which this command cannot use.`,
        {
          field: 'connector',
          remedy: 'Use "amazon-sp".',
        },
      );
    }
    return made;
  }
}
