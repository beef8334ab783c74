import { json, type Script } from './scripted-server.js';

/** A true token bucket: what comes without a token gets a 429, without the rate header, as Amazon does it. */
export function throttlingScript(
  ratePerSecond: number,
  burst: number,
): { script: Script; throttled: () => number } {
  let level = burst;
  let at = performance.now();
  let throttled = 0;
  const script: Script = (_request, response) => {
    const now = performance.now();
    level = Math.min(burst, level + ((now - at) / 1000) * ratePerSecond);
    at = now;
    if (level < 1) {
      throttled += 1;
      json(response, 429, {
        errors: [
          {
            code: 'QuotaExceeded',
            message: 'You exceeded your quota for the requested resource.',
            details: '',
          },
        ],
      });
      return;
    }
    level -= 1;
    json(response, 200, { ok: true }, { 'x-amzn-RateLimit-Limit': String(ratePerSecond) });
  };
  return { script, throttled: () => throttled };
}
