import { sleep } from './sleep.js';

/** What a standstill of this process counts for at the most. */
const sliceMs = 250;

/**
 * Waits for so long of this process' own time. After it stood still (a machine that slept, or gave it no processor) timers are seen to before what lies
 * at the door: a limit of time would be over although the answer has come. Who does something meanwhile looks at a `RunTime`.
 *
 * @param ms - milliseconds.
 * @param signal - ends the wait at once: the promise rejects with the signal's reason.
 */
export async function ownTime(ms: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= sliceMs) await sleep(Math.min(leftMs, sliceMs), signal);
}
