import { isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which proxy a URL goes through: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case, lower case first, as curl reads
 * them. `NO_PROXY` lists hosts, with their subdomains, optionally with a port; `*` is everything. This machine itself is never reached
 * through a proxy.
 *
 * @returns undefined for a direct connection, or when the variable is not a URL of a proxy over HTTP.
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  if (isLoopback(url.hostname) || isExcepted(url, read(environment, 'no_proxy'))) return undefined;
  const text =
    read(environment, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ||
    read(environment, 'all_proxy');
  if (text === '') return undefined;
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  return proxy?.protocol === 'http:' || proxy?.protocol === 'https:' ? proxy : undefined;
}

function read(environment: Environment, name: string): string {
  return (environment[name] ?? environment[name.toUpperCase()] ?? '').trim();
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

function isExcepted(url: URL, exceptions: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const host = url.hostname.toLowerCase();
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, onlyPort] = /^(.+?):(\d+)$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const domain = name.replace(/^\*?\./, '');
      return host === domain || host.endsWith(`.${domain}`);
    });
}
