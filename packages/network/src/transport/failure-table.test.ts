import { describe, expect, it } from '@jest/globals';
import { classifyFailure, failureTable, type Phase } from './failure-table.js';

type Row = readonly [code: string, phase: Phase, ours: string, outcome: string, repeat: boolean];

const rows: readonly Row[] = [
  ['ECONNREFUSED', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['ENOTFOUND', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['EAI_AGAIN', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['EHOSTUNREACH', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['EHOSTDOWN', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['ENETUNREACH', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['ENETDOWN', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['EADDRNOTAVAIL', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['EMFILE', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['FLUXORI_CONNECT_TIMEOUT', 'connecting', 'NETWORK_TIMEOUT', 'not-sent', true],
  ['FLUXORI_PROXY_REFUSED', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['FLUXORI_FIRST_BYTE_TIMEOUT', 'waiting', 'NETWORK_TIMEOUT', 'unknown', true],
  ['FLUXORI_IDLE_TIMEOUT', 'reading', 'NETWORK_TIMEOUT', 'unknown', true],
  ['FLUXORI_SEND_TIMEOUT', 'waiting', 'NETWORK_TIMEOUT', 'unknown', true],
  ['FLUXORI_ANSWER_TOO_LONG', 'reading', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['FLUXORI_TOTAL_TIMEOUT', 'waiting', 'NETWORK_TIMEOUT', 'unknown', true],
  ['FLUXORI_TOTAL_TIMEOUT', 'connecting', 'NETWORK_TIMEOUT', 'not-sent', true],
  ['FLUXORI_DEADLINE', 'connecting', 'NETWORK_TIMEOUT', 'not-sent', false],
  ['ETIMEDOUT', 'connecting', 'NETWORK_TIMEOUT', 'not-sent', true],
  ['ETIMEDOUT', 'waiting', 'NETWORK_TIMEOUT', 'unknown', true],
  ['ECONNRESET', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['ECONNRESET', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['ECONNRESET', 'reading', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['ECONNABORTED', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['EPIPE', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['ENETRESET', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['EPROTO', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
  ['EPROTO', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['ERR_STREAM_PREMATURE_CLOSE', 'reading', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['HPE_INVALID_CONSTANT', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['HPE_HEADER_OVERFLOW', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', false],
  ['CERT_HAS_EXPIRED', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['CERT_NOT_YET_VALID', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', false],
  ['E_NEVER_HEARD_OF', 'waiting', 'NETWORK_INTERRUPTED', 'unknown', true],
  ['E_NEVER_HEARD_OF', 'connecting', 'NETWORK_UNREACHABLE', 'not-sent', true],
];

describe('classifyFailure', () => {
  it.each(rows)('takes %s while %s for %s, outcome %s', (code, phase, ours, outcome, repeat) => {
    expect(classifyFailure(code, phase)).toMatchObject({ code: ours, outcome, repeat });
  });

  it('has a row here for each row of the table', () => {
    const tested = new Set(rows.map(([code]) => code));
    expect(Object.keys(failureTable).filter((code) => !tested.has(code))).toEqual([]);
  });
});
