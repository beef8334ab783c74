import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Capabilities } from '../capability/capabilities.js';
import { ConfigurationError } from '../errors/errors.js';
import { type AccountId, accountId } from '../identity/ids.js';
import { BaseMarketplaceConnector } from './base-marketplace-connector.js';
import { ConnectorFactory } from './connector-factory.js';

class TinyConnector extends BaseMarketplaceConnector {
  readonly id = 'tiny';
  readonly capabilities: Capabilities = { catalog: {} as never };
  readonly happened: string[] = [];
  failOnce = false;

  constructor(
    account: AccountId,
    readonly shop: string,
  ) {
    super(account);
  }

  async health() {
    return { status: 'up' } as const;
  }

  protected async onConnect() {
    this.happened.push('connect');
    if (this.failOnce) {
      this.failOnce = false;
      throw new Error('no line');
    }
  }

  protected async onClose() {
    this.happened.push('close');
  }
}

const tiny = {
  id: 'tiny',
  description: 'A tiny marketplace.',
  configSchema: z.strictObject({ account: z.string(), shop: z.string().min(3), token: z.string() }),
  create: (config: { account: string; shop: string; token: string }, parts: { prefix: string }) =>
    new TinyConnector(accountId(config.account), parts.prefix + config.shop),
} as const;

const factory = () => new ConnectorFactory().register(tiny);
const good = { account: 'acme-za', shop: 'cape', token: 'secret-token' };
const caught = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error as ConfigurationError;
  }
  throw new Error('nothing was thrown');
};

describe('ConnectorFactory', () => {
  it('creates the connector, typed by its id', () => {
    const connector = factory().create('tiny', good, { prefix: 'the ' });
    const shop: string = connector.shop;
    expect(shop).toBe('the cape');
    expect(connector.accountId).toBe('acme-za');
  });

  it('names the connectors there are when the id is unknown', () => {
    const error = caught(() => factory().create('huge' as 'tiny', good, { prefix: '' }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.code).toBe('CONNECTOR_UNKNOWN');
    expect(error.message).toContain('tiny');
  });

  it('lists every problem of a bad config at once, and repeats no value', () => {
    const bad = { shop: 'x', token: 12345678, extra: 'Atzr|leak' } as never;
    const error = caught(() => factory().create('tiny', bad, { prefix: '' }));
    expect(error.problems.map((line) => line.split(':')[0])).toEqual(['account', 'shop', 'token', 'extra']);
    for (const field of ['account', 'shop', 'token', 'extra']) expect(error.message).toContain(field);
    expect(error.message).not.toMatch(/12345678|Atzr/);
  });

  it('checks a config without creating anything', () => {
    expect(() => factory().check('tiny', good)).not.toThrow();
    expect(() => factory().check('tiny', {})).toThrow(/3 problems/);
    expect(() => factory().check('huge', good)).toThrow(/known: tiny/);
  });

  it('refuses a second connector of the same id', () => {
    expect(() => factory().register(tiny)).toThrow(/registered already/);
  });
});

describe('BaseMarketplaceConnector', () => {
  it('connects and closes once, however often it is asked', async () => {
    const connector = factory().create('tiny', good, { prefix: '' });
    await Promise.all([connector.connect(), connector.connect()]);
    await connector.connect();
    expect(connector.state).toBe('connected');
    await Promise.all([connector.close(), connector.close()]);
    expect(connector.happened).toEqual(['connect', 'close']);
    await expect(connector.connect()).rejects.toThrow(/closed/);
  });

  it('can be connected again after a failed attempt', async () => {
    const connector = factory().create('tiny', good, { prefix: '' });
    connector.failOnce = true;
    await expect(connector.connect()).rejects.toThrow('no line');
    await connector.connect();
    expect(connector.state).toBe('connected');
  });

  it('names the capabilities it has when asked for another', () => {
    const connector = factory().create('tiny', good, { prefix: '' });
    expect(connector.has('catalog')).toBe(true);
    expect(connector.has('orders')).toBe(false);
    expect(() => connector.capability('orders')).toThrow(/it has: catalog/);
  });
});
