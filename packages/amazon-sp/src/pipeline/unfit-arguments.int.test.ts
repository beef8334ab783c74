import { join } from 'node:path';
import { isFluxoriError, type Metrics, noMetrics, orderId } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Recorder, startRecorder } from '../../testing/recorder.js';
import { readSections } from '../surface/section-sources.js';
import { attempt } from '../workflow/attempt.js';
import { unfitArguments } from './unfit-arguments.js';

type Methods = Record<string, (...args: unknown[]) => unknown>;

let wire: Recorder;
beforeAll(async () => {
  wire = await startRecorder();
  wire.answer = () => ({ body: {} });
});
afterAll(async () => wire[Symbol.asyncDispose]());

/** Every client of every section but `changes`, whose methods are the jobs' own, with every client within one. */
function clients(): Map<string, Methods> {
  const found = new Map<string, Methods>();
  const look = (path: string, client: object) => {
    found.set(path, client as Methods);
    for (const [room, value] of Object.entries(client))
      if (typeof value === 'object' && value !== null && value.constructor !== Object)
        look(`${path}.${room}`, value as object);
  };
  const connector = wire.connector as unknown as Record<string, object>;
  for (const { name } of readSections(join(import.meta.dirname, '..')))
    if (name !== 'changes') look(name, connector[name] as object);
  return found;
}

const methodsOf = (client: object) =>
  Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(client) as object))
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    .map(([name]) => name);

/** How it ended, and whether anything was sent. */
async function outcome(client: Methods, method: string, args: readonly unknown[]) {
  wire.take();
  const end = await (async () => {
    const given = await client[method]?.(...args);
    if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given)
      // A list asks when it is read.
      for await (const _ of given as AsyncIterable<unknown>) break;
    return undefined;
  })().catch((error: unknown) => error as Record<string, unknown>);
  return { end, sent: wire.take().length };
}

/** What a program without types passes in place of what a method takes. */
const passed: readonly (readonly unknown[])[] = [
  [],
  [null],
  ...[5, 'x', []].flatMap((first) => [
    [first],
    [first, null],
    ...[5, 'x', []].map((second) => [first, second]),
  ]),
];

describe('a method of a section that is given what it does not take', () => {
  it('refuses that by its field before anything is sent, unless it can do with it', async () => {
    const wrong: string[] = [];
    let calls = 0;
    let refused = 0;
    for (const [path, client] of clients()) {
      for (const method of methodsOf(client)) {
        for (const args of passed) {
          const { end, sent } = await outcome(client, method, args);
          calls++;
          if (end?.name === 'ValidationError') refused++;
          const isOurs = end === undefined || isFluxoriError(end);
          const isNamed = end?.name !== 'ValidationError' || typeof end.field === 'string';
          if (isOurs && isNamed && !(args[0] === null && sent > 0)) continue;
          wrong.push(`${path}.${method}(${JSON.stringify(args).slice(1, -1)}): ${String(end)}, ${sent} sent`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(2_000);
    expect(refused).toBeGreaterThan(calls / 4);
  });

  it.each<[string, unknown[], string, string]>([
    ['inbound.plans.create', [], 'arguments[0]', 'must be given, not undefined'],
    ['inbound.plans.create', [null], 'arguments[0]', 'must be given, not null'],
    ['documents.sweep', ['now'], 'arguments[0]', 'not of the kind that it takes'],
    ['documents.list', [null], 'arguments[0]', 'must be given, not null'],
    ['orders.get', ['902-1', null], 'arguments[1]', 'must be given, not null'],
    ['shipmentInvoicing.submit', ['S1', 7], 'arguments', 'not of the kind that it takes'],
  ])(
    'is told by %s(%j) which argument it was, with what the language said as the cause',
    async (path, args, field, why) => {
      const names = path.split('.');
      const client = clients().get(names.slice(0, -1).join('.')) as Methods;
      const { end, sent } = await outcome(client, names.at(-1) as string, args);
      expect(sent).toBe(0);
      expect(end).toMatchObject({
        ...{ name: 'ValidationError', field, cause: expect.objectContaining({ name: 'TypeError' }) },
        message: expect.stringMatching(`^${path}: .*${why}`),
      });
    },
  );

  it('is not blamed for what breaks when the request has left, which nobody may take for not sent', async () => {
    const ours = new TypeError('ours');
    const count: Metrics['count'] = (_name, labels) => {
      if (labels?.operation === 'messaging.createUnexpectedProblem') throw ours;
    };
    await using broken = await startRecorder({ metrics: { ...noMetrics, count } });
    const message = { kind: 'unexpectedProblem', text: 'The courier is on strike.' } as const;
    const sending = attempt(() => broken.connector.messaging.post(orderId('902-0000000-0000000'), message));
    expect(await sending.catch((error: unknown) => error)).toBe(ours);
    expect(broken.take()).toHaveLength(1);
  });

  it('is not blamed for what a generator of the caller’s throws', async () => {
    const mine = new TypeError('mine');
    // biome-ignore lint/correctness/useYield: it breaks before its first one.
    const messages = (function* () {
      throw mine;
    })();
    expect(await wire.connector.feeds.listings(messages).catch((error: unknown) => error)).toBe(mine);
  });

  it('is not blamed where nothing is taken and nothing was given: that is a mistake of ours', () => {
    const none = { path: 'sellers.participations', method: (_options = {}) => 1, args: [] };
    expect(unfitArguments(none, new TypeError('ours'))).toBeUndefined();
  });
});
