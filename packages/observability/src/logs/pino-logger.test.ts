import { Writable } from 'node:stream';
import { type Logger, NetworkError, Secret, type Tracing } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { pinoLogger } from './pino-logger.js';

const secretUrl = 'redis://user:hunter2@cache:6379/0';

function logged(
  write: (logger: Logger) => void,
  options: { level?: Parameters<typeof pinoLogger>[0]; tracing?: Pick<Tracing, 'current'> } = {},
) {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const { level = 'debug', tracing } = options;
  write(pinoLogger(level, sink, tracing === undefined ? {} : { tracing }));
  const lines = text.split('\n').filter((line) => line !== '');
  return { text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('pinoLogger', () => {
  it('writes lines of its level and above, with the fields of its parents', () => {
    const { lines } = logged(
      (logger) => {
        const child = logger.child({ account: 'acme-za' }).child({ jobId: 'orders-1' });
        child.debug({}, 'not this');
        child.warn({ host: 'api' }, 'The host is failing.');
      },
      { level: 'info' },
    );
    expect(lines).toEqual([
      {
        level: 40,
        time: expect.any(Number),
        account: 'acme-za',
        jobId: 'orders-1',
        host: 'api',
        msg: 'The host is failing.',
      },
    ]);
  });

  it('says which levels are written, so that nobody builds a line in vain', () => {
    logged(
      (logger) => {
        expect([logger.enabled?.('debug'), logger.enabled?.('info')]).toEqual([false, true]);
        expect(logger.child({}).enabled?.('debug')).toBe(false);
      },
      { level: 'info' },
    );
  });

  it('hides credentials in the message, in fields at any depth, in lists and in children', () => {
    const { text, lines } = logged((logger) => {
      logger.child({ store: secretUrl }).info({ url: secretUrl }, `Working on ${secretUrl}`);
      logger.info(
        { a: { b: [{ c: secretUrl }] }, at: new URL(secretUrl), map: new Map([['x', secretUrl]]) },
        'deep',
      );
    });
    expect(text).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({
      store: 'redis://[redacted]@cache:6379/0',
      url: 'redis://[redacted]@cache:6379/0',
      msg: 'Working on redis://[redacted]@cache:6379/0',
    });
    expect(lines[1]).toMatchObject({ a: { b: [{ c: 'redis://[redacted]@cache:6379/0' }] } });
  });

  it('hides credentials in errors, their causes and those gathered in one', () => {
    const cause = new Error(`connect ${secretUrl}`);
    const ours = new NetworkError(`The store at ${secretUrl} is away.`, {
      host: 'cache',
      outcome: 'not-sent',
      cause: new AggregateError([cause], 'all failed', { cause }),
      details: { tried: [secretUrl] },
    });
    const { text, lines } = logged((logger) => logger.error({ error: ours, other: cause }, 'away'));
    expect(text).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({
      error: {
        name: 'NetworkError',
        message: 'The store at redis://[redacted]@cache:6379/0 is away.',
        cause: {
          name: 'AggregateError',
          errors: [{ message: 'connect redis://[redacted]@cache:6379/0' }],
          cause: { message: 'connect redis://[redacted]@cache:6379/0' },
        },
      },
      other: { name: 'Error', stack: expect.stringContaining('Error: connect redis://[redacted]@') },
    });
  });

  it('hides secrets and buyers’ data by the name of their field, however it is written and however deep', () => {
    const { text } = logged((logger) => {
      logger.info(
        {
          access_token: 'hunter2',
          answer: { refreshToken: 'hunter2', nested: { 'Client-Secret': 'hunter2' } },
          headers: { 'x-amz-access-token': 'hunter2', Authorization: 'hunter2' },
          order: {
            shipTo: { name: 'hunter2' },
            buyerInfo: { buyerEmail: 'hunter2' },
            list: [{ recipient: 'hunter2' }],
          },
          secret: new Secret('hunter2'),
          bytes: Buffer.from('hunter2'),
        },
        'x',
      );
    });
    expect(text).not.toContain('hunter2');
    expect(text).toContain('7 bytes');
  });

  it('writes what cannot be written as far as it can, and never throws', () => {
    const ring: Record<string, unknown> = { name: 'ring' };
    ring.self = ring;
    const trap = {
      get bad() {
        throw new Error('trap');
      },
    };
    let deep: unknown = 'bottom';
    for (let i = 0; i < 50; i++) deep = { deep };
    const { lines } = logged((logger) => {
      logger.info(
        { ring, trap, deep, big: 10n, list: Array.from({ length: 500 }, (_, i) => i), no: undefined },
        'odd',
      );
      logger.info({ long: 'x'.repeat(100_000), date: new Date('nonsense') }, 'long');
    });
    expect(lines[0]).toMatchObject({
      ring: { name: 'ring', self: '[circular]' },
      trap: '[unreadable]',
      big: '10',
    });
    expect((lines[0]!.list as unknown[]).at(-1)).toBe('… 400 more');
    expect(lines[1]!.long).toHaveLength('x'.repeat(16_384).length + '… (100000 characters)'.length);
    expect(lines[1]!.date).toBe('invalid date');
  });

  it('says in which span a line was written', () => {
    const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    let current: string | undefined = `00-${ids.traceId}-${ids.spanId}-01`;
    const { lines } = logged(
      (logger) => {
        logger.child({ jobId: 'j' }).info({}, 'inside');
        current = undefined;
        logger.info({}, 'outside');
      },
      { tracing: { current: () => current } },
    );
    expect(lines[0]).toMatchObject({ ...ids, jobId: 'j' });
    expect(lines[1]).not.toHaveProperty('traceId');
  });
});
