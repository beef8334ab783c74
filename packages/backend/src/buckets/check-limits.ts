import { type BucketLimit, ValidationError } from '@fluxori/core';

/** @throws ValidationError naming the bucket and the field. */
export function checkLimits(limits: readonly BucketLimit[]): void {
  for (const { key, ratePerSecond, burst } of limits) {
    if (typeof key !== 'string' || key === '') {
      throw new ValidationError('A bucket needs a key.', {
        field: 'key',
        remedy: 'Pass a non-empty string.',
      });
    }
    // Redis' leases hold keys with NUL between them, and PostgreSQL keeps neither.
    if (key.includes('\0') || !key.isWellFormed()) {
      throw new ValidationError('The key of a bucket holds a NUL character or half of a surrogate pair.', {
        field: 'key',
        remedy: 'Make the key of plain text, e.g. of ids.',
      });
    }
    if (!Number.isFinite(ratePerSecond) || ratePerSecond <= 0) {
      throw new ValidationError(`Bucket ${key}: the rate ${ratePerSecond} is not a number above zero.`, {
        field: 'ratePerSecond',
        remedy: 'Pass tokens per second, e.g. 0.0167.',
      });
    }
    if (!Number.isFinite(burst) || burst < 1) {
      throw new ValidationError(`Bucket ${key}: the burst ${burst} is not a number of one or more.`, {
        field: 'burst',
        remedy: 'Pass how many tokens the bucket holds, at least 1.',
      });
    }
  }
}

/** @throws ValidationError when it is not a number. */
export function checkPriority(priority: number): void {
  if (Number.isFinite(priority)) return;
  throw new ValidationError(`The priority ${priority} is not a number.`, {
    field: 'priority',
    remedy: 'Pass one of `priorities`, 1 (critical) to 5 (bulk).',
  });
}
