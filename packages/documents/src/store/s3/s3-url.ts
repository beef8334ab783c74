import { ConfigurationError } from '@fluxori/core';

/** An `s3://` URL, taken apart. */
export interface S3Address {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly checksums?: boolean;
}

export const s3Form = 's3://<bucket>/<prefix>?region=…&endpoint=…&pathStyle=true|false&checksums=on|off';

const known = ['region', 'endpoint', 'pathStyle', 'checksums'];

/**
 * @param location - what comes after `s3:`.
 * @throws ConfigurationError that names the part that is wrong, and repeats no credentials.
 */
export function readS3Url(location: string): S3Address {
  const parts = /^\/\/(?:([^/?#]*)@)?([^@/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/s.exec(location);
  if (parts === null) throw wrong('it does not have the form of such a URL');
  const [, credentials, bucket = '', path = '', query = ''] = parts;
  if (credentials !== undefined) {
    throw wrong(
      'credentials do not belong into it',
      'Give them to the AWS SDK: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine’s role.',
    );
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) throw wrong('it names no bucket');
  const prefix = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
  if (!/^[\w./-]{0,300}$/.test(prefix)) {
    throw wrong('its prefix may have letters, digits, "-", "_", "." and "/", 300 characters at most');
  }
  const parameters = new URLSearchParams(query);
  for (const name of new Set(parameters.keys())) {
    if (!known.includes(name)) throw wrong(`it has no parameter ${JSON.stringify(name.slice(0, 40))}`);
    if (parameters.getAll(name).length > 1) throw wrong(`the parameter ${name} is there twice`);
  }
  const region = parameters.get('region') ?? undefined;
  if (region !== undefined && !/^[a-z0-9-]{2,40}$/.test(region)) throw wrong('region is no region’s name');
  const endpoint = readEndpoint(parameters.get('endpoint') ?? undefined);
  const pathStyle = oneOf(parameters, 'pathStyle', { true: true, false: false });
  const checksums = oneOf(parameters, 'checksums', { on: true, off: false });
  return {
    ...{ bucket, prefix },
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(pathStyle !== undefined && { pathStyle }),
    ...(checksums !== undefined && { checksums }),
  };
}

function readEndpoint(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw wrong('endpoint is an http or https URL without credentials');
  }
  return written;
}

function oneOf(
  parameters: URLSearchParams,
  name: string,
  values: Readonly<Record<string, boolean>>,
): boolean | undefined {
  const written = parameters.get(name);
  if (written === null) return undefined;
  if (!Object.hasOwn(values, written)) throw wrong(`${name} is ${Object.keys(values).join(' or ')}`);
  return values[written];
}

function wrong(
  how: string,
  remedy = `Write it as ${s3Form}, leaving out what you do not need.`,
): ConfigurationError {
  return new ConfigurationError(`The S3 store’s URL cannot be used: ${how}.`, { field: 'contents', remedy });
}
