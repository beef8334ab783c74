import http from 'node:http';
import https from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type Environment, proxyFor } from './proxy-environment.js';

/** Hosts close idle connections after a minute or so; closing ours first means that no request is sent into a closing one. */
const idleSocketMs = 30_000;

/** The connection pools of one client: direct ones, and one per proxy. Kept alive between calls, closed with the client. */
export class Agents {
  readonly #environment: Environment;
  readonly #tls: https.AgentOptions;
  readonly #byOrigin = new Map<string, http.Agent>();
  readonly #pools = new Map<string, http.Agent>();

  constructor(environment: Environment, tls: https.AgentOptions = {}) {
    this.#environment = environment;
    this.#tls = tls;
  }

  for(url: URL): http.Agent {
    const known = this.#byOrigin.get(url.origin);
    if (known !== undefined) return known;
    const proxy = proxyFor(url, this.#environment);
    const key = `${url.protocol} ${proxy?.href ?? 'direct'}`;
    const pool = this.#pools.get(key) ?? this.#open(url.protocol === 'https:', proxy);
    this.#pools.set(key, pool);
    this.#byOrigin.set(url.origin, pool);
    return pool;
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.destroy();
    this.#pools.clear();
    this.#byOrigin.clear();
  }

  #open(secure: boolean, proxy: URL | undefined): http.Agent {
    const options = { keepAlive: true, timeout: idleSocketMs, scheduling: 'lifo' as const };
    if (proxy !== undefined) {
      if (!secure) return new HttpProxyAgent(proxy, options);
      const agent = new HttpsProxyAgent(proxy, options);
      // What it is constructed with is for the proxy; these are what Node gives on to the host behind it.
      Object.assign(agent.options, options, this.#tls);
      return agent;
    }
    return secure ? new https.Agent({ ...options, ...this.#tls }) : new http.Agent(options);
  }
}
