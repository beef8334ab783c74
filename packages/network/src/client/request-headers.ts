import type { CallParts } from './call-parts.js';
import type { CallOptions, CallSpec } from './call-spec.js';

type Headers = Readonly<Record<string, string>>;

/** All headers of an attempt. A signature is made last, over all the others, and replaces none of them. */
export function requestHeaders(
  parts: CallParts,
  spec: CallSpec,
  url: URL,
  authority: Headers | undefined,
  { signal }: CallOptions,
): Headers | Promise<Headers> {
  const { method, body, signer = parts.signer } = spec;
  const headers = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...parts.headers,
    ...spec.headers,
    ...authority,
  };
  if (signer === undefined) return headers;
  const request = { method, url: url.href, headers, ...(body !== undefined && { body }) };
  return signer
    .sign(request, signal === undefined ? {} : { signal })
    .then((signature) => ({ ...signature, ...headers }));
}
