import { checkedRedirectUri, isLoopback, marketplaceOf } from '@fluxori/amazon-sp';
import { sealKeysOf } from '@fluxori/backend';
import { ConfigurationError, NotFoundError, Secret, ValidationError } from '@fluxori/core';
import { problemsOf } from '../composition/connectors.js';
import type { WrittenAccount } from '../config/config-file.js';
import { fillReferences, secretsNamedIn } from '../config/environment.js';
import { findSecrets, type SecretsSource } from '../config/secrets.js';
import type { Question, Questions } from './questions.js';

export interface AddOptions {
  readonly marketplace?: string;
  readonly applicationId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly redirectUri?: string;
  readonly draft?: boolean;
  readonly like?: string;
}

/** What an authorisation needs, gathered from the options, the file and the person, and checked. */
export interface AccountPlan {
  readonly name: string;
  /** For an account that is there already: its seller, who must come back. */
  readonly renews?: { readonly sellerId: string };
  /** As it will stand in the file; seller and refresh token are still to come. */
  readonly written: Readonly<Record<string, unknown>>;
  /** The same with references filled in. */
  readonly filled: Readonly<Record<string, unknown>>;
  /** The first marketplace: where the seller signs in. */
  readonly marketplace: string;
  /** A client secret that the person has typed, to be stored under this name. */
  readonly typedSecret?: { readonly name: string; readonly value: Secret };
  /** Without it, a free port of this machine is taken: Seller Central is a local one. */
  readonly redirectUri?: string;
}

/** What accounts of the same application have in common. */
const shared = [
  'applicationId',
  'clientId',
  'clientSecret',
  'clientSecretIssuedAt',
  'clientSecretExpiresAt',
  'redirectUri',
  'draft',
  'environment',
  'endpoints',
  'gateway',
  'application',
] as const;

/**
 * Nothing is changed and nobody is called.
 * @throws ValidationError or ConfigurationError naming the field and what to do.
 */
export async function planAccount(
  given: string | undefined,
  options: AddOptions,
  accounts: Readonly<Record<string, WrittenAccount>>,
  questions: Questions,
  source: SecretsSource,
): Promise<AccountPlan> {
  const name = checkedName(
    given ??
      (await questions.ask({
        text: 'Name of the account, e.g. acme-za',
        instead: 'write it behind `accounts add`',
      })),
  );
  const existing = accounts[name];
  const template = existing ?? templateOf(accounts, options.like);
  const common = Object.fromEntries(
    shared.flatMap((field) => (template?.[field] === undefined ? [] : [[field, template[field]]])),
  );
  const known = await fill({ ...common, ...existing }, source, [...shared, 'sellerId']);
  const wanted = async (field: 'applicationId' | 'clientId', flag: string, text: string) =>
    options[field] ?? common[field] ?? (await answer(questions, { text, instead: `give ${flag}` }));
  const marketplaceIds = await marketplacesOf(options, existing, questions);
  const applicationId = await wanted('applicationId', '--application-id', 'App ID, e.g. amzn1.sp.solution.…');
  const clientId = await wanted(
    'clientId',
    '--client-id',
    'LWA client id, e.g. amzn1.application-oa2-client.…',
  );
  const secret = await secretOf(
    name,
    referenceOption(options.clientSecret) ?? common.clientSecret,
    questions,
  );
  const redirectUri = await redirectUriOf(options, known, questions);
  const { marketplaceId: _one, ...kept } = existing ?? {};
  const written = {
    connector: 'amazon-sp',
    ...common,
    ...kept,
    ...{ marketplaceIds, applicationId, clientId, clientSecret: secret.written },
    ...(redirectUri !== undefined && { redirectUri }),
    ...((options.draft ?? common.draft) === true && { draft: true }),
  };
  // The refresh token that is there may be the very thing that is lost.
  const readable = Object.entries(written).filter(
    ([field]) => field !== 'refreshToken' && !(secret.typed && field === 'clientSecret'),
  );
  const filled: Readonly<Record<string, unknown>> = {
    ...(await fill(Object.fromEntries(readable), source)),
    ...(secret.typed && { clientSecret: secret.typed }),
  };
  check(name, filled);
  return {
    ...{ name, written, filled, marketplace: (filled.marketplaceIds as string[])[0] as string },
    ...(typeof known.sellerId === 'string' && existing && { renews: { sellerId: known.sellerId } }),
    ...(secret.typed && { typedSecret: { name: secretName(name, 'client-secret'), value: secret.typed } }),
    ...(redirectUri !== undefined && { redirectUri }),
  };
}

/** Under which name a secret of an account lies in the sealed file. */
export function secretName(account: string, what: 'client-secret' | 'refresh-token'): string {
  return `${account}.${what}`;
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new ValidationError(
    `name: ${name === '' ? 'an account needs one' : 'this is no name for an account'}.`,
    {
      field: 'name',
      remedy:
        'Use up to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit: e.g. acme-za.',
    },
  );
}

/** The account whose application is used again: the one named, or the first one there is. */
function templateOf(
  accounts: Readonly<Record<string, WrittenAccount>>,
  like: string | undefined,
): WrittenAccount | undefined {
  if (like === undefined) {
    return Object.values(accounts).find(({ connector = 'amazon-sp' }) => connector === 'amazon-sp');
  }
  const found = accounts[like];
  if (found !== undefined) return found;
  throw new NotFoundError(`There is no account ${JSON.stringify(like)}.`, {
    field: 'like',
    remedy: `Name one of ${Object.keys(accounts).join(', ') || 'none: there is no account yet'}.`,
  });
}

async function answer(questions: Questions, question: Question): Promise<string> {
  const text = await questions.ask(question);
  if (text !== '') return text;
  throw new ValidationError(`${question.text}: there is no answer.`, {
    field: question.instead,
    remedy: `Write it when asked, or ${question.instead}.`,
  });
}

async function marketplacesOf(
  options: AddOptions,
  existing: WrittenAccount | undefined,
  questions: Questions,
): Promise<readonly string[]> {
  const before = existing?.marketplaceIds ?? (existing?.marketplaceId ? [existing.marketplaceId] : undefined);
  if (options.marketplace === undefined && Array.isArray(before)) return before as string[];
  const text =
    options.marketplace ??
    (await answer(questions, {
      text: 'Marketplaces, all of one region, e.g. ZA or DE,FR',
      instead: 'give --marketplace',
    }));
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  return names.map((name) => marketplaceOf(name, 'marketplace').code);
}

/** A command line can be read by others, so a secret is not taken from it; a reference to one is. */
function referenceOption(text: string | undefined): string | undefined {
  if (text === undefined || /^(secret:.+|\$\{[A-Za-z_][A-Za-z0-9_]*\})$/.test(text)) return text;
  throw new ValidationError(
    '--client-secret: a secret is not taken from the command line, only where it lies.',
    {
      field: 'client-secret',
      remedy: `Write secret:NAME or '\${NAME}', or leave it out and type the secret when asked. Treat what you have just written as known.`,
    },
  );
}

async function secretOf(
  name: string,
  given: unknown,
  questions: Questions,
): Promise<{ readonly written: string; readonly typed?: Secret }> {
  if (typeof given === 'string' && given !== '') {
    return { written: given };
  }
  const typed = await answer(questions, {
    text: 'LWA client secret (not shown)',
    instead: `give --client-secret secret:NAME or --client-secret '\${NAME}'`,
    hidden: true,
  });
  return { written: `secret:${secretName(name, 'client-secret')}`, typed: new Secret(typed) };
}

/** A local Seller Central sends the browser to any port; Amazon only to what is registered. */
async function redirectUriOf(
  options: AddOptions,
  known: Readonly<Record<string, unknown>>,
  questions: Questions,
): Promise<string | undefined> {
  if (options.redirectUri !== undefined) return checkedRedirectUri(options.redirectUri);
  if (typeof known.redirectUri === 'string') return checkedRedirectUri(known.redirectUri);
  const { sellerCentral } = (known.endpoints ?? {}) as { sellerCentral?: string };
  if (sellerCentral !== undefined && isLoopback(new URL(sellerCentral).hostname)) return undefined;
  const question = {
    text: 'Redirect URI, as registered with the application',
    instead: 'give --redirect-uri',
  };
  return checkedRedirectUri(await answer(questions, question));
}

/** With variables and secrets in the place of their references. */
async function fill(
  account: WrittenAccount,
  source: SecretsSource,
  fields: readonly string[] = Object.keys(account),
): Promise<Readonly<Record<string, unknown>>> {
  const part = Object.fromEntries(Object.entries(account).filter(([field]) => fields.includes(field)));
  const secrets = await findSecrets(secretsNamedIn(part), source, await sealKeysOf(source.env, source.cwd));
  const { value, missing } = fillReferences(part, {
    env: source.env,
    secret: (name) => secrets.get(name) ?? { missing: `there is no secret ${name}` },
  });
  if (missing.length === 0) return value as Readonly<Record<string, unknown>>;
  throw new ConfigurationError(
    `The account needs values that are not there:\n${missing.map((line) => `  - ${line}`).join('\n')}`,
    {
      problems: missing,
      field: missing[0]?.split(':')[0],
      remedy: 'Set the variables, and put the secrets in with `fluxori secrets set`.',
    },
  );
}

/** As the connector will, with stand-ins for what only the seller brings: nobody is sent to Amazon in vain. */
function check(name: string, filled: Readonly<Record<string, unknown>>): void {
  const { clientSecret, sellerId = 'A0STANDIN', ...rest } = filled;
  const problems = problemsOf({
    [name]: { ...rest, sellerId, clientSecret, refreshToken: 'stand-in', connector: 'amazon-sp' },
  }).map((line) => line.replace(`accounts.${name}.`, ''));
  if (problems.length === 0) return;
  throw new ConfigurationError(
    `${name} cannot be added:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    {
      problems,
      field: problems[0]?.split(':')[0],
      remedy: 'Correct what is listed; `fluxori accounts add --help` tells where each value comes from.',
    },
  );
}
