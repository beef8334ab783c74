import type { Answer } from './answer.js';
import { EdgeRefusal, edgePage } from './edge.js';
import { errorTypeOf, type Refusal } from './refusal.js';

/** Amazon's answer to a request that is turned down. */
export function refusalAnswer(refusal: Refusal, headers: Readonly<Record<string, string>>): Answer {
  if (refusal instanceof EdgeRefusal)
    return { status: 400, headers: { 'Content-Type': 'text/html', Connection: 'close' }, body: edgePage };
  return {
    status: refusal.status,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': refusal.errorType ?? errorTypeOf(refusal.status),
    },
    body: JSON.stringify({ errors: refusal.errors }),
  };
}
