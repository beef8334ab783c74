import { ConfigurationError, type FluxoriError, NetworkError } from '@fluxori/core';

/** Answers of a Redis that works, but not now: loading, failing over, out of memory or disk. */
const notNow = [
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'OOM',
  'MISCONF',
  'NOREPLICAS',
];
const refused = [
  'WRONGPASS',
  'NOAUTH',
  'NOPERM',
  'ERR invalid password',
  'ERR AUTH',
  "can't run this command",
];
/** Mistakes of this program, not of the connection. */
const ours = new Set(['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError']);
const notRedis =
  /Unknown RESP type|Protocol error|wrong version number|before secure TLS|packet length too long|EPROTO/i;
const badCertificate = /certificate|CERT_|ERR_TLS|self.signed|UNABLE_TO_/i;

/** Whether the store is away, so that the same call can succeed later; an error in what was asked is not. */
export function isAway(error: unknown): boolean {
  const { name, message } = textOf(error);
  if (ours.has(name)) return false;
  return name !== 'ReplyError' || notNow.some((word) => message.startsWith(word));
}

/**
 * What was done wrong in setting up, if this is what the error says.
 * Its text is made here: the library's message may repeat what was sent.
 */
export function misconfiguration(
  error: unknown,
  label: string,
  cause = error,
): ConfigurationError | undefined {
  const { message, code } = textOf(error);
  const told = `${message} ${code}`;
  if (refused.some((word) => message.includes(word))) {
    return unusable(
      `Redis at ${label} refuses the user or password, or the user may not do what is needed.`,
      {
        remedy:
          'Put the right ones into the URL (before an @ in front of the host, with a colon between them), and let the user run all commands on the keys of its prefix.',
        cause,
      },
    );
  }
  if (message.includes('DB index is out of range')) {
    return unusable(`Redis at ${label} does not have the database that the URL names.`, {
      remedy: 'Use a lower number in the path of the URL, or set `databases` in redis.conf.',
      cause,
    });
  }
  if (/cluster support disabled/.test(message)) {
    return unusable(`Redis at ${label} is not part of a cluster.`, {
      remedy: 'Leave cluster=true out of the URL.',
      cause,
    });
  }
  if (badCertificate.test(told)) {
    return unusable(`The certificate of ${label} is not accepted (${code === '' ? 'TLS' : code}).`, {
      remedy:
        'Use the name that the certificate is for, and give the authority that signed it in NODE_EXTRA_CA_CERTS.',
      cause,
    });
  }
  if (notRedis.test(told)) {
    return unusable(`What answers at ${label} does not speak as Redis does.`, {
      remedy:
        'Check the port, and that rediss:// is used where Redis wants TLS and redis:// where it does not.',
      cause,
    });
  }
  return undefined;
}

/** A store that has been away for longer than the caller has patience. */
export function awayError(label: string, why: unknown, waitedMs: number): NetworkError {
  const waited = waitedMs < 1_000 ? `${Math.round(waitedMs)} ms` : `${Math.round(waitedMs / 1000)} s`;
  return new NetworkError(`Redis at ${label} is away, and was not back within ${waited}: ${reasonOf(why)}.`, {
    code: 'BACKEND_UNAVAILABLE',
    host: label,
    outcome: 'unknown',
    remedy: `${remedyOf(why)} The same work can be tried again; \`patience\` in the URL says for how long a call waits.`,
    cause: withoutCommand(why),
  });
}

function remedyOf(error: unknown): string {
  const { message } = textOf(error);
  return states.find(({ begins }) => message.startsWith(begins))?.remedy ?? 'Look after Redis.';
}

/** An answer that says that the call itself was wrong; none is expected. */
export function unexpectedAnswer(label: string, error: unknown): FluxoriError {
  return (
    misconfiguration(error, label) ??
    unusable(`Redis at ${label} refused a command: ${reasonOf(error)}.`, {
      remedy: 'Check that nothing else writes under this prefix, and that the server is Redis 6.2 or newer.',
      cause: error,
    })
  );
}

/** What Redis says of itself, in our words, and what helps. */
const states: readonly { readonly begins: string; readonly why: string; readonly remedy: string }[] = [
  { begins: 'OOM', why: 'its memory is full (OOM)', remedy: 'Raise maxmemory, or make room in Redis.' },
  {
    begins: 'MISCONF',
    why: 'it cannot write to its disk (MISCONF)',
    remedy: 'Make room on the disk of Redis; its log says more.',
  },
  {
    begins: 'NOREPLICAS',
    why: 'too few replicas follow it (NOREPLICAS)',
    remedy: 'Look after its replicas, or lower min-replicas-to-write.',
  },
];

/** The reason in a few words: what was sent and where from are not in it. */
export function reasonOf(error: unknown): string {
  const { message, code } = textOf(error);
  const state = states.find(({ begins }) => message.startsWith(begins));
  if (state !== undefined) return state.why;
  if (code === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name of the host is not known (${code})`;
  if (/Socket timeout/.test(message)) return 'it accepts connections but does not answer';
  if (code === 'ETIMEDOUT') return 'no connection within 5 s (ETIMEDOUT)';
  // What ioredis says of a command whose connection went away under it.
  if (/max retries per request|Stream isn't writeable|Connection is closed/.test(message)) {
    return 'the connection was lost';
  }
  if (/All sentinels are unreachable/.test(message)) return 'no sentinel knows a master';
  const first = withoutArguments(message).split('\n')[0]!.replace(/\.*$/, '');
  return first === '' ? code || 'no reason given' : first.slice(0, 200);
}

function unusable(message: string, context: { remedy: string; cause: unknown }): ConfigurationError {
  return new ConfigurationError(message, {
    code: 'BACKEND_UNAVAILABLE',
    field: 'backend',
    ...context,
    cause: withoutCommand(context.cause),
  });
}

/** ioredis hangs the command with its arguments on an error: passwords and orders, which must not get into a log with the cause. */
function withoutCommand(error: unknown): Error {
  const { name, message, code } = textOf(error);
  const clean: Error & { code?: string } = new Error(withoutArguments(message));
  clean.name = name === '' ? 'Error' : name;
  if (code !== '') clean.code = code;
  return clean;
}

/** Redis repeats the arguments of a command that it does not know. */
function withoutArguments(message: string): string {
  return message.replace(/,? with args beginning with:.*/s, '');
}

function textOf(error: unknown): { name: string; message: string; code: string } {
  const { name, message, code, lastNodeError } = (error ?? {}) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    lastNodeError?: unknown;
  };
  // A cluster that nobody of answers says so in general; the last node's error says why.
  if (lastNodeError !== undefined) return textOf(lastNodeError);
  return {
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' ? message : String(error),
    code: typeof code === 'string' ? code : '',
  };
}
