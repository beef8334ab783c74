import { sleep } from '@fluxori/core';
import {
  clockIsHeld,
  describeWith,
  promised,
  type Service,
  Stopwatch,
  services,
  serviceUrl,
} from '@fluxori/test-services';
import { afterAll, expect, it } from '@jest/globals';
import { allEnded } from '../../testing/all-ended.js';
import { Crew, type Fleet, startFleet } from '../../testing/token-processes.js';
import { until } from '../../testing/until.js';

const crews = new Map(services.map((service) => [service, new Crew()]));
const crewOf = (service: Service) => crews.get(service) as Crew;
afterAll(() => Promise.all([...crews.values()].map((crew) => crew.end())));

const all = (count: number, outcome: string) => Array.from({ length: count }, () => outcome);
/** The holder's own, and one of those who take over: of these, too, a machine that stands still may take the lock, but no process asks twice. */
const mostCalls = clockIsHeld ? 2 : 3;

const lifetimeSeconds = 8;
/** A tenth of its life is left as margin, and it is renewed a fifth before that. */
const renewedAfterSeconds = lifetimeSeconds * 0.7;

async function renew(service: Service): Promise<void> {
  await using fleet = await startFleet(service, crewOf(service), {
    // Only who dies or stands still loses a lock, and here nobody dies.
    patient: !clockIsHeld,
    sandbox: { accessTokenLifetimeSeconds: lifetimeSeconds },
  });
  const { sandbox, callAll } = fleet;
  const began = Date.now();
  const outcomes = [...(await callAll({ callers: 3, forMs: (renewedAfterSeconds + 1.4) * 1_000 }))];
  // Nobody may have called at the right time.
  while (!clockIsHeld && sandbox.counters().tokenCalls < 2)
    outcomes.push(...(await callAll({ callers: 3, forMs: 500 })));
  const tookSeconds = (Date.now() - began) / 1_000;
  expect(new Set(outcomes)).toEqual(new Set(['ok']));
  const { tokenCalls, statuses } = sandbox.counters();
  // Who stands still between his look at the token and his request sends one that is over: that is refused, renewed and repeated.
  const late = clockIsHeld ? 0 : (statuses[403] ?? 0);
  expect(statuses).toEqual({ 200: outcomes.length, ...(late > 0 && { 403: late }) });
  expect(tokenCalls).toBeGreaterThanOrEqual(2);
  expect(tokenCalls).toBeLessThanOrEqual(1 + late + Math.floor(tookSeconds / renewedAfterSeconds));
}

const here = services.filter((service) => serviceUrl(service) !== undefined);

// On all services at the same time: it takes as long as a token lives, whatever the machine.
if (here.length > 0) {
  it(`the token of three is renewed ahead of its end, once for all, and nobody is ever refused, on ${here.join(' and on ')}`, async () => {
    await allEnded(here.map(renew));
  });
}

/** Lets the first process ask for a token that does not come, and the two others wait for it. */
async function holdUp(fleet: Fleet, answerAfterMs: number) {
  const { sandbox, processes, call } = fleet;
  const [holder, ...others] = processes;
  const id = await sandbox.faults.set({
    kind: 'latency',
    ms: answerAfterMs,
    operation: 'lwa.token',
    count: 1,
  });
  const held = call(holder, {});
  held.catch(() => undefined);
  await until(
    () => sandbox.faults.list().find((fault) => fault.id === id)?.hits !== 0,
    'the token that the holder asks for',
  );
  const waiting = others.map((one) => call(one, {}));
  for (const one of waiting) one.catch(() => undefined);
  await sleep(300);
  return { processes, holder, held, waiting };
}

for (const service of services) {
  describeWith(service, `the process that fetches a token for three, on ${service}`, () => {
    it('stands still for longer than its lease: the others go on, and it does too, with at most one call more', async () => {
      await using fleet = await startFleet(service, crewOf(service));
      const { holder, held, waiting } = await holdUp(fleet, 2_000);
      holder.signal('SIGSTOP');
      expect((await Promise.all(waiting)).flat()).toEqual(all(20, 'ok'));
      holder.signal('SIGCONT');
      expect(await held).toEqual(all(10, 'ok'));
      expect(await fleet.callAll({})).toEqual(all(30, 'ok'));
      expect(fleet.sandbox.counters().tokenCalls).toBeLessThanOrEqual(mostCalls);
      expect(fleet.sandbox.counters().statuses).toEqual({ 200: 60 });
    });

    it.each([1, 2])(
      'is killed, %i in all: the others have a token within 2 s, by one more call',
      async (deaths) => {
        await using fleet = await startFleet(service, crewOf(service));
        const { processes, waiting } = await holdUp(fleet, 20_000);
        const watch = new Stopwatch();
        for (const one of processes.slice(0, deaths)) one.signal('SIGKILL');
        expect(await Promise.all(waiting.slice(deaths - 1))).toEqual(
          waiting.slice(deaths - 1).map(() => all(10, 'ok')),
        );
        expect(watch.stop()).toBeLessThan(promised(2_000));
        // The call of the dead one is counted when it was answered, if it was.
        expect(fleet.sandbox.counters().tokenCalls).toBeGreaterThanOrEqual(1);
        expect(fleet.sandbox.counters().tokenCalls).toBeLessThanOrEqual(mostCalls);
      },
    );
  });
}
