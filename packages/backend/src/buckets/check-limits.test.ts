import { expect, it } from '@jest/globals';
import { checkLimits } from './check-limits.js';

const limit = { ratePerSecond: 1, burst: 1 };

it.each(['', 'a\0b', 'half \ud800'])(
  'a bucket cannot have the key %j, which not every store could give back',
  (key) => {
    expect(() => checkLimits([{ ...limit, key }])).toThrow(expect.objectContaining({ field: 'key' }));
  },
);

it.each(['a{b}c', '%s %z', `q'"; --`, 'ünï🎉', 'a\\b\nc', '*?[a]', 'x'.repeat(2_000)])(
  'a bucket can have the key %j',
  (key) => {
    expect(() => checkLimits([{ ...limit, key }])).not.toThrow();
  },
);
