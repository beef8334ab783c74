import type { Clock } from '@fluxori/core';
import { sleep } from '@fluxori/core';
import { openBackend } from '../../open-backend.js';
import { Pulse } from '../pulse.js';
import { carryOut } from './carry-out.js';
import type { Answer, Errand, Failure } from './orders.js';

/** One of several processes on one place: opens the URL, by a clock that may be wrong, and does as it is told over Node's IPC. */
const [url = '', clockOffsetMs = '0'] = process.argv.slice(2);
const clock: Clock = { now: () => Date.now() + Number(clockOffsetMs), sleep };
const answer = (message: Answer) => process.send?.(message);

process.once('disconnect', () => process.exit());

try {
  const backend = await openBackend(url, { clock });
  const belongings = { backend, held: new Map<string, () => void>(), pulse: new Pulse() };
  process.on('message', (message) => {
    const { id, order } = message as Errand;
    carryOut(belongings, order).then(
      (value) => answer({ id, value }),
      (error: unknown) => answer({ id, failure: failureOf(error) }),
    );
  });
  answer({ id: 0, value: 'open' });
} catch (error) {
  answer({ id: 0, failure: failureOf(error) });
}

function failureOf(error: unknown): Failure {
  const { name, message, code } = error as Failure;
  return { name, message, ...(code !== undefined && { code }) };
}
