import { createHash } from 'node:crypto';
import { type CryptoKey, jwtVerify, type KeyObject } from 'jose';
import { json, ScriptedServer, type SeenRequest } from './scripted-server.js';

export interface GatewayOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The receiver's halves of the keys, by `kid`. */
  readonly keys: ReadonlyMap<string, CryptoKey | KeyObject | Uint8Array>;
  readonly header?: string;
  readonly now?: () => number;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/** A gateway as one would write it from the documentation: it lets through only what is signed as it came, and only once. */
export class VerifyingGateway {
  readonly server: ScriptedServer;
  /** What became of each request, in order. */
  readonly verdicts: string[] = [];
  readonly #options: GatewayOptions;
  readonly #seen = new Set<string>();
  /** The answer behind the gateway. */
  behind: (request: SeenRequest) => GatewayAnswer | Promise<GatewayAnswer> = () => ({
    status: 200,
    body: { ok: true },
  });

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.server = new ScriptedServer(async (request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(401).end();
      const verdict = await this.#judge(request).catch(
        (error: Error) => `refused: ${(error as { code?: string }).code ?? error.message}`,
      );
      this.verdicts.push(verdict);
      const { status, body, headers } =
        verdict === 'passed' ? await this.behind(request) : { status: 401, body: { verdict }, headers: {} };
      json(response, status, body, headers);
    });
  }

  async #judge(request: SeenRequest): Promise<string> {
    const { issuer, audience, keys, header = 'x-fluxori-signature', now = Date.now } = this.#options;
    const jwt = String(request.headers[header] ?? '').replace(/^Bearer /, '');
    const { payload } = await jwtVerify(
      jwt,
      ({ kid }) => {
        const key = keys.get(kid ?? '');
        if (key === undefined) throw new Error('unknown key');
        return key;
      },
      {
        issuer,
        audience,
        typ: 'fluxori-request+jwt',
        algorithms: ['ES256', 'EdDSA', 'HS256'],
        requiredClaims: ['exp', 'iat', 'jti', 'htm', 'htu', 'content_digest'],
        currentDate: new Date(now()),
      },
    );
    if (payload.htm !== request.method) return 'refused: method';
    if (payload.htu !== `${this.server.url}${request.url}`) return 'refused: address';
    const digest = `sha-256=:${createHash('sha256').update(request.body).digest('base64')}:`;
    if (payload.content_digest !== digest) return 'refused: body';
    if (request.body !== '' && request.headers['content-digest'] !== digest) return 'refused: digest header';
    if (this.#seen.has(payload.jti!)) return 'refused: replay';
    this.#seen.add(payload.jti!);
    return 'passed';
  }
}
