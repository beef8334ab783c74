import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AxiosError, AxiosHeaders } from 'axios';
import { failureOf, TransportFailure } from './transport-failure.js';

describe('TransportFailure', () => {
  it('keeps what the system said and nothing of the request that the HTTP library ties to its error', () => {
    const original = new AxiosError('connect ECONNREFUSED 10.0.0.1:443', 'ECONNREFUSED', {
      headers: new AxiosHeaders({ 'x-amz-access-token': 'Atza|very-secret' }),
      data: 'client_secret=very-secret',
      url: 'https://api.test/?name=very-secret',
    });
    Object.assign(original, { syscall: 'connect', address: '10.0.0.1', port: 443 });
    const failure = new TransportFailure(original, 'connecting');
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('very-secret');
    expect(failure.cause).toMatchObject({
      message: 'connect ECONNREFUSED 10.0.0.1:443',
      code: 'ECONNREFUSED',
      syscall: 'connect',
      address: '10.0.0.1',
      port: 443,
    });
    expect(failure).toMatchObject({ errorCode: 'ECONNREFUSED', kind: { outcome: 'not-sent' } });
  });

  it.each([[undefined], [null], ['text'], [{}]])('takes %j for an unknown failure', (original) => {
    expect(new TransportFailure(original, 'waiting')).toMatchObject({ kind: { outcome: 'unknown' } });
  });

  it('knows our own codes', () => {
    expect(new TransportFailure(failureOf('FLUXORI_IDLE_TIMEOUT', 'x'), 'reading').kind.code).toBe(
      'NETWORK_TIMEOUT',
    );
  });
});
