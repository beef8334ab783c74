/** The longest delay that a timer takes: 2^31 - 1 ms, about 24.8 days. */
const longestTimerMs = 2_147_483_647;

/**
 * Waits. The one sleep of the house.
 *
 * @param ms - how long, in milliseconds; zero or less still yields to the event loop once.
 * @param signal - ends the wait at once: the promise rejects with the signal's reason.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const end = Date.now() + ms;
    let timer: ReturnType<typeof setTimeout>;
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const arm = () => {
      const left = end - Date.now();
      timer = setTimeout(left > longestTimerMs ? arm : done, Math.min(Math.max(left, 0), longestTimerMs));
    };
    const done = () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    arm();
  });
}
