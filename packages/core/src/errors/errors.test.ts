import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../secret/secret.js';
import { NetworkError, RateLimitError, RemoteError, ValidationError } from './errors.js';
import { FluxoriError, isFluxoriError } from './fluxori-error.js';
import { isAbort, isErrorOf } from './guards.js';

describe('errors', () => {
  it('carry what support needs, as plain JSON', () => {
    const error = new RemoteError('Amazon refused it.', {
      status: 400,
      remoteCode: 'InvalidInput',
      account: 'acme-za',
      operation: 'orders.searchOrders',
      requestId: 'req-1',
      at: new Date(0),
      attempts: 2,
      remedy: 'Correct the date.',
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'RemoteError',
      code: 'REMOTE_REFUSED',
      message: 'Amazon refused it.',
      retryable: false,
      account: 'acme-za',
      operation: 'orders.searchOrders',
      requestId: 'req-1',
      at: '1970-01-01T00:00:00.000Z',
      attempts: 2,
      remedy: 'Correct the date.',
      status: 400,
      remoteCode: 'InvalidInput',
    });
  });

  it('keep the cause but do not print it in JSON', () => {
    const cause = new Error('Bearer Atza|very-secret');
    const error = new NetworkError('No answer.', { host: 'a:443', outcome: 'unknown', cause });
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error)).not.toContain('Atza');
  });

  it('say whether a retry can help', () => {
    expect(new RemoteError('x', { status: 503 }).retryable).toBe(true);
    expect(new RemoteError('x', { status: 409 }).retryable).toBe(false);
    expect(new ValidationError('x').retryable).toBe(false);
    expect(new RateLimitError('x', { retryAt: new Date() }).retryable).toBe(true);
  });

  it('are recognised by name along the class chain, also across two copies of the package', () => {
    class ListingError extends ValidationError {}
    const error: unknown = new ListingError('x');
    expect(isErrorOf(error, 'ValidationError')).toBe(true);
    expect(isErrorOf(error, 'RemoteError')).toBe(false);
    expect(isFluxoriError(error)).toBe(true);
    expect(error).toBeInstanceOf(FluxoriError);
    expect(isFluxoriError(new Error('x'))).toBe(false);
  });

  it('tell an abort from a failure', () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    controller.abort(reason);
    expect(isAbort(reason, controller.signal)).toBe(true);
    expect(isAbort(new Error('other'), controller.signal)).toBe(false);
    expect(isAbort(AbortSignal.abort().reason)).toBe(true);
  });
});

describe('Secret', () => {
  it('never prints its value', () => {
    const hidden = new Secret('Atzr|refresh');
    const printed = [
      String(hidden),
      `${hidden}`,
      JSON.stringify({ hidden }),
      inspect({ hidden }),
      inspect(hidden),
    ];
    for (const text of printed) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain('Atzr');
    }
    expect(hidden.reveal()).toBe('Atzr|refresh');
  });
});
