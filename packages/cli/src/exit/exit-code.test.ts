import {
  AuthenticationError,
  CircuitOpenError,
  ConfigurationError,
  DocumentError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { exitKindOf } from './exit-code.js';

describe('exitKindOf', () => {
  it.each([
    [new ConfigurationError('x'), 'configuration'],
    [new ValidationError('x'), 'usage'],
    [new AuthenticationError('x'), 'authentication'],
    [new NotFoundError('x'), 'notFound'],
    [new RateLimitError('x', { retryAt: new Date() }), 'rateLimited'],
    [new NetworkError('x', { host: 'h', outcome: 'unknown' }), 'network'],
    [new CircuitOpenError('x', { host: 'h', retryAt: new Date() }), 'network'],
    [new RemoteError('x', { status: 500 }), 'remote'],
    [new DocumentError('x'), 'document'],
    [new Error('x'), 'unexpected'],
    ['x', 'unexpected'],
    [AbortSignal.abort().reason, 'interrupted'],
  ])('%s', (error, kind) => {
    expect(exitKindOf(error)).toBe(kind);
  });
});
