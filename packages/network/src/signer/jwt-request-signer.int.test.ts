import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { type ConfigurationError, isErrorOf, ManualClock, type RequestSigner, secret } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallSpec } from '../client/call-spec.js';
import { NetworkAwareClient } from '../client/network-aware-client.js';
import { plainError } from '../testing/plain-error.js';
import { json, ScriptedServer } from '../testing/scripted-server.js';
import { VerifyingGateway } from '../testing/verifying-gateway.js';
import { JwtRequestSigner, type JwtRequestSignerOptions } from './jwt-request-signer.js';
import type { SigningKey } from './signing-key.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const shared = randomBytes(32);
const pem = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const keys: Record<string, SigningKey> = {
  ES256: { kid: 'ec-1', alg: 'ES256', key: pem(ec) },
  EdDSA: {
    kid: 'ed-1',
    alg: 'EdDSA',
    key: ed.privateKey.export({ format: 'jwk' }) as Record<string, string>,
  },
  HS256: { kid: 'hs-1', alg: 'HS256', key: secret(shared.toString('base64url')) },
};
const halves = new Map<string, KeyObject | Uint8Array>([
  ['ec-1', ec.publicKey],
  ['ed-1', ed.publicKey],
  ['hs-1', shared],
]);
const who = { issuer: 'fluxori', audience: 'gateway' };

let clock: ManualClock;
let gateway: VerifyingGateway;
let elsewhere: ScriptedServer;
const open: NetworkAwareClient[] = [];

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 10, 20));
  gateway = new VerifyingGateway({ ...who, keys: halves, now: () => clock.now() });
  await gateway.server.start();
  elsewhere = await new ScriptedServer((_, response) => json(response, 200, {})).start();
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await Promise.all([gateway.server.stop(), elsewhere.stop()]);
});

function signer(options: Partial<JwtRequestSignerOptions> = {}): JwtRequestSigner {
  return new JwtRequestSigner({ key: keys.ES256!, ...who, origins: [gateway.server.url], clock, ...options });
}

function clientWith(requestSigner: RequestSigner | undefined): NetworkAwareClient {
  const client = new NetworkAwareClient({
    retry: { baseMs: 1, capMs: 2 },
    ...(requestSigner && { signer: requestSigner }),
  });
  open.push(client);
  return client;
}

function spec(url: string, more: Partial<CallSpec> = {}): CallSpec {
  return {
    operation: 'orders.searchOrders',
    account: 'acme-za',
    method: 'GET',
    url,
    idempotent: true,
    authorize: async () => ({ 'x-amz-access-token': 'Atza|token' }),
    toError: plainError,
    ...more,
  };
}

const put = (path = '/listings/1?mode=x') =>
  spec(`${gateway.server.url}${path}`, { method: 'PUT', body: '{"quantity":5}' });

describe('a signed request', () => {
  it.each(Object.keys(keys))(
    'passes a gateway that checks signature, address, method and body (%s)',
    async (alg) => {
      const client = clientWith(signer({ key: keys[alg]! }));
      await client.call(spec(`${gateway.server.url}/orders?createdAfter=2026-01-01`));
      await client.call(put());
      expect(gateway.verdicts).toEqual(['passed', 'passed']);
      expect(gateway.server.requests[0]!.headers['x-amz-access-token']).toBe('Atza|token');
    },
  );

  it('is signed anew for each attempt', async () => {
    let answers = 0;
    gateway.behind = () => ({ status: ++answers < 3 ? 503 : 200, body: {} });
    await clientWith(signer()).call(put());
    expect(gateway.verdicts).toEqual(['passed', 'passed', 'passed']);
  });

  it('is of no use for anything else: another body, address or method, a second time, or later', async () => {
    await clientWith(signer()).call(put());
    const { headers, body } = gateway.server.requests[0]!;
    const replay = async (path: string, init: RequestInit) => {
      const kept = ['x-fluxori-signature', 'content-digest'].map((name) => [name, String(headers[name])]);
      await fetch(`${gateway.server.url}${path}`, { headers: Object.fromEntries(kept), ...init });
    };
    await replay('/listings/1?mode=x', { method: 'PUT', body });
    await replay('/listings/1?mode=x', { method: 'PUT', body: '{"quantity":6}' });
    await replay('/listings/2?mode=x', { method: 'PUT', body });
    await replay('/listings/1?mode=y', { method: 'PUT', body });
    await replay('/listings/1?mode=x', { method: 'POST', body });
    await clock.advance(61_000);
    await replay('/listings/1?mode=x', { method: 'PUT', body });
    expect(gateway.verdicts.slice(1)).toEqual([
      'refused: replay',
      'refused: body',
      'refused: address',
      'refused: address',
      'refused: method',
      'refused: ERR_JWT_EXPIRED',
    ]);
  });

  it('is refused by the gateway when nobody signed it, or another key did', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await expect(clientWith(undefined).call(put())).rejects.toMatchObject({ status: 401 });
    const forged = signer({ key: { kid: 'ec-1', alg: 'ES256', key: stranger.privateKey } });
    await expect(clientWith(forged).call(put())).rejects.toMatchObject({ status: 401 });
    expect(gateway.verdicts[1]).toBe('refused: ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  });

  it('uses the next key from the moment that it is there', async () => {
    let current = keys.ES256!;
    const client = clientWith(signer({ key: async () => current }));
    await client.call(put());
    current = keys.EdDSA!;
    await client.call(put());
    expect(gateway.verdicts).toEqual(['passed', 'passed']);
    const kids = gateway.server.requests.map(({ headers }) => {
      const [protectedHeader = ''] = String(headers['x-fluxori-signature']).split('.');
      return (JSON.parse(Buffer.from(protectedHeader, 'base64url').toString()) as { kid: string }).kid;
    });
    expect(kids).toEqual(['ec-1', 'ed-1']);
  });

  it('may be signed by the call’s own signer, in a header of one’s choice', async () => {
    const guarded = new VerifyingGateway({
      ...who,
      keys: halves,
      header: 'authorization',
      now: () => clock.now(),
    });
    await guarded.server.start();
    const own = signer({ header: 'Authorization', origins: [guarded.server.url] });
    await clientWith(undefined).call(spec(`${guarded.server.url}/orders`, { signer: own }));
    expect(guarded.verdicts).toEqual(['passed']);
    await guarded.server.stop();
  });
});

describe('a signature', () => {
  it('goes to the gateway only', async () => {
    await clientWith(signer()).call(spec(elsewhere.url));
    const { headers } = elsewhere.requests[0]!;
    expect(headers['x-fluxori-signature']).toBeUndefined();
    expect(headers['content-digest']).toBeUndefined();
  });

  it.each([301, 302, 303, 307, 308])(
    'stays behind, with the token, when the gateway answers %d to another host',
    async (status) => {
      const away = await new ScriptedServer((_, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/orders` }).end();
      }).start();
      const client = clientWith(signer({ origins: [away.url] }));
      const call = client.call(spec(`${away.url}/orders`, { method: 'POST', body: '{}' }));
      await expect(call).rejects.toMatchObject({ name: 'RemoteError', status });
      expect(away.requests).toHaveLength(1);
      expect(away.requests[0]!.headers['x-fluxori-signature']).toBeDefined();
      expect({ requests: elsewhere.requests, connections: elsewhere.connections }).toEqual({
        requests: [],
        connections: 0,
      });
      await away.stop();
    },
  );

  it('replaces no header that is there', async () => {
    const impostor: RequestSigner = { sign: async () => ({ 'x-amz-access-token': 'forged', 'x-more': '1' }) };
    await clientWith(impostor).call(spec(elsewhere.url));
    expect(elsewhere.requests[0]!.headers).toMatchObject({
      'x-amz-access-token': 'Atza|token',
      'x-more': '1',
    });
  });
});

describe('a signer', () => {
  const problem = async (work: () => unknown): Promise<ConfigurationError> => {
    try {
      await work();
    } catch (error) {
      if (isErrorOf(error, 'ConfigurationError')) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };

  it('lists all problems of its options at once', async () => {
    const { problems } = await problem(() =>
      signer({
        issuer: '',
        origins: ['https://user:pass@gateway.example.com'],
        header: 'X-Amz-Access-Token',
        lifeSeconds: 3_600,
      }),
    );
    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'issuer',
      'origins',
      'header',
      'lifeSeconds',
    ]);
    expect(JSON.stringify(problems)).not.toContain('pass@');
  });

  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  it.each<[string, SigningKey]>([
    ['a key that is too short', { kid: 'k', alg: 'HS256', key: 'c2hvcnQ' }],
    ['a text that is no key', { kid: 'k', alg: 'ES256', key: 'swordfish' }],
    ['a key of another curve', { kid: 'k', alg: 'ES256', key: pem(p384) }],
    ['a public key', { kid: 'k', alg: 'EdDSA', key: ed.publicKey }],
  ])('refuses %s without showing it, and nothing is sent', async (_, key) => {
    const client = clientWith(signer({ key }));
    const error = await problem(() => client.call(put()));
    expect(error.message).toBe(`The signing key k cannot sign with ${key.alg}.`);
    expect(`${JSON.stringify(error)}${String(error.cause)}`).not.toMatch(/swordfish|c2hvcnQ|MIG/);
    expect(gateway.server.requests).toEqual([]);
  });
});
