import { request } from 'node:http';
import type { Sandbox, SandboxCredentials } from '../sandbox.js';

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed JSON, or `undefined`. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of all shapes.
  readonly json: any;
}

export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly region?: 'na' | 'eu' | 'fe';
  /** `null`: no token. */
  readonly token?: string | null;
}

/** Talks to a sandbox with nothing but node:http, so that what is tested is what is on the wire. */
export class Wire {
  readonly #sandbox: Sandbox;
  readonly #credentials: SandboxCredentials;
  #token: string | undefined;

  constructor(sandbox: Sandbox, credentials = sandbox.credentials) {
    this.#sandbox = sandbox;
    this.#credentials = credentials;
  }

  /** Asks LWA; form-encoded unless told otherwise. */
  lwa(
    fields: Readonly<Record<string, unknown>>,
    contentType = 'application/x-www-form-urlencoded',
  ): Promise<WireAnswer> {
    const body = contentType.includes('json')
      ? JSON.stringify(fields)
      : new URLSearchParams(fields as Record<string, string>).toString();
    return send(
      `${this.#sandbox.endpoints.lwa}/auth/o2/token`,
      'POST',
      { 'content-type': contentType },
      body,
    );
  }

  refresh(): Promise<WireAnswer> {
    const { clientId, clientSecret, refreshToken } = this.#credentials;
    return this.lwa({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    });
  }

  async grantless(scope: string): Promise<string> {
    const { clientId, clientSecret } = this.#credentials;
    const answer = await this.lwa({
      grant_type: 'client_credentials',
      scope,
      client_id: clientId,
      client_secret: clientSecret,
    });
    return answer.json.access_token;
  }

  /** The seller's access token, asked for once. */
  async token(): Promise<string> {
    this.#token ??= (await this.refresh()).json.access_token as string;
    return this.#token;
  }

  async call({
    method = 'GET',
    path,
    query,
    headers,
    body,
    region = 'eu',
    token,
  }: WireRequest): Promise<WireAnswer> {
    const access = token === null ? undefined : (token ?? (await this.token()));
    const search = query === undefined ? '' : `?${new URLSearchParams(query as Record<string, string>)}`;
    return send(
      `${this.#sandbox.endpoints[region]}${path}${search}`,
      method,
      {
        'user-agent': 'sandbox-test/1.0 (Language=TypeScript)',
        ...(access === undefined ? {} : { 'x-amz-access-token': access }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    );
  }

  get(path: string, query?: WireRequest['query'], rest: Partial<WireRequest> = {}): Promise<WireAnswer> {
    return this.call({ path, ...(query === undefined ? {} : { query }), ...rest });
  }

  admin(method: string, path: string, body?: unknown): Promise<WireAnswer> {
    return send(
      `${this.#sandbox.adminUrl}${path}`,
      method,
      {},
      body === undefined ? undefined : JSON.stringify(body),
    );
  }
}

/** One request, with exactly these headers. An empty header value means: leave node's own out. */
export function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method, headers: { ...length, ...given } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        let json: unknown;
        try {
          json = JSON.parse(text);
        } catch {
          json = undefined;
        }
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
