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
import { exitKindOf, exitKindOfMany, exitTable } from './exit-code.js';

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
    [new ValidationError('x', { code: 'MARKETPLACE_UNKNOWN' }), 'notFound'],
    [new ValidationError('x', { code: 'TYPE_UNKNOWN' }), 'notFound'],
    [new Error('x'), 'unexpected'],
    ['x', 'unexpected'],
    [AbortSignal.abort().reason, 'interrupted'],
  ])('%s', (error, kind) => {
    expect(exitKindOf(error)).toBe(kind);
  });
});

describe('exitKindOfMany', () => {
  it.each([
    [0, 0, 'ok'],
    [3, 0, 'ok'],
    [3, 1, 'partly'],
    [0, 1, 'refused'],
  ])('%i done, %i refused: %s', (done, refused, kind) => {
    expect(exitKindOfMany({ done, refused })).toBe(kind);
  });
});

describe('exitTable', () => {
  it('has each code once', () => {
    const codes = Object.values(exitTable).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
