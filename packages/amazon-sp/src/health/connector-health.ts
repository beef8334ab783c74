import { type ConnectorState, type Health, healthOf } from '@fluxori/core';
import type { CircuitState } from '@fluxori/network';
import type { TokenState } from '../auth/authorizer.js';
import type { AmazonSpConfig } from '../config.js';
import type { LimitView } from '../limits/limit-view.js';
import type { RegionalEndpointManager } from '../regions/regional-endpoint-manager.js';
import { type CredentialEnd, credentialEnds, remedyOf } from './credential-ends.js';

export interface HealthFacts {
  readonly state: ConnectorState;
  readonly config: AmazonSpConfig;
  readonly endpoints: RegionalEndpointManager;
  readonly token: TokenState;
  readonly circuits: readonly CircuitState[];
  readonly backend: Health;
  readonly limits: readonly LimitView[];
  readonly nowMs: number;
}

/** How the connector is, from what it knows already: no call is spent on it. Safe to print. */
export function connectorHealth(facts: HealthFacts): Health {
  const { config, endpoints } = facts;
  const hosts = new Set([endpoints.lwaUrl, endpoints.baseUrl(config.region)].map((url) => new URL(url).host));
  // A client that is shared knows hosts of others, too.
  const circuits = facts.circuits.filter(({ host }) => hosts.has(new URL(withScheme(host)).host));
  const parts: Record<string, Health> = {
    token: tokenHealth(facts.token, config.accountId),
    backend: facts.backend,
    limits: limitsHealth(facts.limits),
  };
  for (const end of credentialEnds(config, facts.nowMs)) parts[end.kind] = endHealth(end);
  for (const circuit of circuits) parts[`circuit ${circuit.host}`] = circuitHealth(circuit);
  const health = healthOf(parts, {
    account: config.accountId,
    state: facts.state,
    environment: config.environment,
    region: config.region,
    marketplaces: config.marketplaces.map(({ code }) => code),
    endpoint: endpoints.baseUrl(config.region),
  });
  return facts.state === 'closed' ? { ...health, status: 'down' } : health;
}

function tokenHealth({ expiresAt, lastError }: TokenState, account: string): Health {
  const remedy = remedies[lastError?.code ?? '']?.(account);
  const details = {
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(lastError && { lastError: { ...lastError, at: lastError.at.toISOString() } }),
    ...(remedy !== undefined && { remedy }),
  };
  if (lastError === undefined) return { status: 'up', details };
  // What only a person can mend stops all work; anything else passes.
  return { status: lastError.code.startsWith('AUTH_') ? 'down' : 'degraded', details };
}

/** For what only a person can mend. */
const remedies: Readonly<Record<string, (account: string) => string>> = {
  AUTH_REVOKED: (account) => remedyOf('authorisation', account),
  AUTH_CLIENT_SECRET_EXPIRED: (account) => remedyOf('clientSecret', account),
};

/** Nothing has failed yet, and a date in a file may be out of date: so never `down`. What is refused shows in `token`. */
function endHealth({ expiresAt, daysLeft, stage, message, remedy }: CredentialEnd): Health {
  const details = { expiresAt: expiresAt.toISOString(), daysLeft };
  if (stage === 'far') return { status: 'up', details };
  return { status: 'degraded', details: { ...details, stage, message, remedy } };
}

function circuitHealth(circuit: CircuitState): Health {
  const { state, since, failures, retryAt, lastFailure } = circuit;
  const status = state === 'closed' ? 'up' : state === 'open' ? 'down' : 'degraded';
  return {
    status,
    details: {
      state,
      since: since.toISOString(),
      failures,
      ...(retryAt && { retryAt: retryAt.toISOString() }),
      ...(lastFailure && { lastFailure }),
    },
  };
}

function limitsHealth(limits: readonly LimitView[]): Health {
  const empty = limits.filter(({ level }) => level < 1);
  return {
    status: 'up',
    details: {
      buckets: limits.length,
      inFlight: limits.reduce((sum, { inFlight }) => sum + inFlight, 0),
      waiting: limits.reduce((sum, { waiting }) => sum + waiting, 0),
      exhausted: empty.map(({ label, nextTokenAt }) => ({ label, nextTokenAt: nextTokenAt.toISOString() })),
    },
  };
}

function withScheme(host: string): string {
  return host.includes('://') ? host : `http://${host}`;
}
