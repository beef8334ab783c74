import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { send, Wire } from '../testing/wire.js';

describe('Login with Amazon', () => {
  let sandbox: Sandbox;
  let wire: Wire;
  const client = () => ({
    client_id: sandbox.credentials.clientId,
    client_secret: sandbox.credentials.clientSecret,
  });

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 5, skus: 5 });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it.each(['application/x-www-form-urlencoded', 'application/json', 'application/json; charset=utf-8'])(
    'gives a bearer token for a refresh token sent as %s',
    async (contentType) => {
      const { refreshToken } = sandbox.credentials;
      const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client() };
      const answer = await wire.lwa(fields, contentType);
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        token_type: 'bearer',
        expires_in: 3_600,
        refresh_token: refreshToken,
      });
      expect(answer.json.access_token).toMatch(/^Atza\|.{20,2043}$/);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it('gives another token each time', async () => {
    const [one, two] = await Promise.all([wire.refresh(), wire.refresh()]);
    expect(one.json.access_token).not.toBe(two.json.access_token);
  });

  it('gives a grantless token with its scope and no refresh token', async () => {
    const scope = 'sellingpartnerapi::notifications';
    const answer = await wire.lwa({ grant_type: 'client_credentials', scope, ...client() });
    expect(answer.json).toMatchObject({ token_type: 'bearer', scope });
    expect(answer.json).not.toHaveProperty('refresh_token');
  });

  it('takes an authorisation code once', async () => {
    const code = sandbox.authorizationCode();
    const fields = { grant_type: 'authorization_code', code, ...client() };
    const first = await wire.lwa(fields);
    expect(first.json.refresh_token).toBe(sandbox.credentials.refreshToken);
    const second = await wire.lwa(fields);
    expect([second.status, second.json.error]).toEqual([400, 'invalid_grant']);
  });

  it.each([
    [
      'an unknown refresh token',
      { grant_type: 'refresh_token', refresh_token: 'Atzr|x' },
      400,
      'invalid_grant',
    ],
    [
      'a wrong secret',
      { grant_type: 'refresh_token', refresh_token: 'x', client_secret: 'x' },
      401,
      'invalid_client',
    ],
    [
      'an unknown client',
      { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'x' },
      401,
      'invalid_client',
    ],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no grant', {}, 400, 'invalid_request'],
    ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request'],
    [
      'no secret',
      { grant_type: 'refresh_token', refresh_token: 'x', client_secret: '' },
      400,
      'invalid_request',
    ],
    ['an unknown scope', { grant_type: 'client_credentials', scope: 'x' }, 400, 'invalid_scope'],
    [
      'token and scope',
      { grant_type: 'refresh_token', refresh_token: 'x', scope: 'y' },
      400,
      'invalid_request',
    ],
  ])('refuses %s', async (_what, fields, status, error) => {
    const answer = await wire.lwa({ ...client(), ...fields });
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(answer.json.error_description).toEqual(expect.any(String));
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['no content type', '', 'grant_type=refresh_token'],
    ['broken JSON', 'application/json', '{'],
    ['a number for text', 'application/json', '{"grant_type":1}'],
    ['a repeated field', 'application/x-www-form-urlencoded', 'grant_type=a&grant_type=b'],
  ])('refuses a request with %s', async (_what, contentType, body) => {
    const answer = await send(
      `${sandbox.endpoints.lwa}/auth/o2/token`,
      'POST',
      { 'content-type': contentType },
      body,
    );
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request']);
  });

  it('counts what it was asked, also in vain', async () => {
    sandbox.resetCounters();
    await wire.refresh();
    await wire.lwa({ grant_type: 'password', ...client() });
    const { tokenCalls, tokenFailures, accounts } = sandbox.counters();
    expect([tokenCalls, tokenFailures]).toEqual([2, 1]);
    expect(accounts[sandbox.credentials.sellerId]?.tokenCalls).toBe(1);
  });
});
