import {
  AuthenticationError,
  CircuitOpenError,
  ConfigurationError,
  DocumentError,
  type FluxoriError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { reviveError, storeError } from './stored-error.js';

const retryAt = new Date(Date.UTC(2026, 0, 2));
const context = {
  account: 'acme-za',
  operation: 'orders.searchOrders',
  requestId: 'r-1',
  remedy: 'Wait.',
  at: retryAt,
};

const errors: readonly FluxoriError[] = [
  new AuthenticationError('m', { ...context, code: 'AUTH_REVOKED' }),
  new CircuitOpenError('m', { ...context, host: 'h:443', retryAt }),
  new ConfigurationError('m', { ...context, problems: ['a', 'b'] }),
  new DocumentError('m', { ...context, retryable: true }),
  new NetworkError('m', { ...context, host: 'h:443', outcome: 'unknown' }),
  new NotFoundError('m', { ...context, field: 'sku' }),
  new RateLimitError('m', { ...context, retryAt }),
  new RemoteError('m', { ...context, status: 500, remoteCode: 'InternalFailure', retryable: false }),
  new ValidationError('m', { ...context, problems: ['a'] }),
];

describe('an error that a job failed with', () => {
  it.each(errors.map((error) => [error.name, error] as const))('comes back as it was: %s', (_name, error) => {
    const stored = JSON.parse(JSON.stringify(storeError(error)));
    const revived = reviveError(stored);
    expect(revived).toBeInstanceOf(error.constructor);
    expect((revived as FluxoriError).toJSON()).toEqual(error.toJSON());
  });

  it('comes back as the class of core that a connector refined', () => {
    class FeedRefusedError extends RemoteError {}
    const stored = storeError(new FeedRefusedError('m', { status: 400 }));
    expect(stored).toMatchObject({ name: 'FeedRefusedError' });
    expect(reviveError(stored)).toBeInstanceOf(RemoteError);
  });

  it('keeps neither the message, the cause nor the fields of an error that is not ours', () => {
    const foreign = Object.assign(new Error('Bearer Atza|secret', { cause: new Error('Atzr|secret') }), {
      code: 'ERR_BAD',
      config: { headers: { 'x-amz-access-token': 'Atza|secret' } },
    });
    const stored = storeError(foreign);
    expect(JSON.stringify(stored)).not.toContain('secret');
    expect(stored).toMatchObject({
      name: 'Error',
      code: 'ERR_BAD',
      at: expect.stringContaining('stored-error.test'),
    });
    expect(JSON.stringify(storeError(new ValidationError('m', { cause: foreign })))).not.toContain('secret');
  });

  it('keeps the message of a mistake in the program', () => {
    expect(storeError(new TypeError('x is not a function'))).toMatchObject({
      message: 'x is not a function',
    });
  });

  it('can be anything: reviving never throws', () => {
    expect(reviveError({})).toMatchObject({ name: 'Error', message: 'The job failed.' });
    expect(reviveError({ name: 'constructor', message: 'm' })).toMatchObject({ message: 'm' });
  });
});
