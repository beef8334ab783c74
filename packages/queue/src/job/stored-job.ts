import {
  type AccountId,
  accountId,
  checkWith,
  isFluxoriError,
  type JsonValue,
  shown,
  ValidationError,
} from '@fluxori/core';
import type { z } from 'zod';
import type { CrashNote } from '../recovery/crash-count.js';
import type { JobDefinition } from './job-definition.js';
import { findUnstorable } from './storable-text.js';

/** What lies in the queue. */
export interface StoredJob {
  readonly version: number;
  readonly accountId: AccountId;
  readonly payload: JsonValue;
  /** The span in which it was put in, as a W3C `traceparent`: its runs are told as that one's children. */
  readonly traceparent?: string;
  readonly crashes?: CrashNote;
  /** It is the clockwork of this schedule, and puts the real job in when it runs. */
  readonly schedule?: string;
}

interface Draft {
  readonly accountId: string;
  readonly payload: unknown;
  readonly version?: number;
}

/**
 * Checks a job before it is put into the queue. The payload is kept as it was given, and parsed when it runs.
 * @throws ValidationError (`JOB_PAYLOAD_VERSION`, `JOB_PAYLOAD_INVALID`) naming the field; nothing is enqueued then.
 */
export function packJob(definition: JobDefinition, draft: Draft): StoredJob {
  const account = accountId(draft.accountId);
  const payload = throughJson(definition, account, draft.payload);
  refuseUnstorable(definition, account, payload);
  readPayload(definition, account, payload, draft.version ?? definition.version);
  return { version: draft.version ?? definition.version, accountId: account, payload };
}

/** The payload of a stored job, parsed. Throws as `packJob` does. */
export function unpackJob(definition: JobDefinition, stored: StoredJob): unknown {
  if (typeof stored !== 'object' || stored === null || !Number.isInteger(stored.version)) {
    throw invalid(
      definition,
      undefined,
      'version',
      ['version: missing'],
      'It was not written by this library.',
    );
  }
  return readPayload(
    definition,
    checkedAccount(definition, stored.accountId),
    stored.payload,
    stored.version,
  );
}

function readPayload(
  definition: JobDefinition,
  account: AccountId,
  payload: unknown,
  version: number,
): unknown {
  const parsed = checkWith(definition.payload, ofThisVersion(definition, account, payload, version));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describeIssue);
  const first = parsed.error.issues[0]?.path.map(String).join('.');
  throw invalid(
    definition,
    account,
    first ? `payload.${first}` : 'payload',
    problems,
    `Correct it and add the job again (payload version ${definition.version}).`,
  );
}

function ofThisVersion(
  definition: JobDefinition,
  account: AccountId,
  payload: unknown,
  version: number,
): unknown {
  if (version === definition.version) return payload;
  if (!Number.isSafeInteger(version)) {
    const problem = `version: ${shown(version)} is none`;
    throw invalid(definition, account, 'version', [problem], 'Give 1, 2, 3 …, or none for the present one.');
  }
  if (version < definition.version && definition.migrate !== undefined) {
    try {
      return definition.migrate(payload, version);
    } catch (error) {
      if (isFluxoriError(error)) throw error;
      const problem = `payload: it could not be brought from version ${version} to ${definition.version}`;
      throw invalid(definition, account, 'payload', [problem], 'Correct the migration of this job.');
    }
  }
  const remedy =
    version > definition.version
      ? 'Upgrade this worker to the release that wrote the job, then retry it.'
      : 'Add the job again with the present payload, or give the job a migration and retry it.';
  throw new ValidationError(
    `The job ${definition.name} for ${account} has payload version ${version}, but version ${definition.version} is known here. ${remedy}`,
    { code: 'JOB_PAYLOAD_VERSION', field: 'version', account, operation: definition.name, remedy },
  );
}

/** Only what survives the trip may be enqueued: otherwise the job that runs is not the job that was checked. */
function throughJson(definition: JobDefinition, account: AccountId, payload: unknown): JsonValue {
  try {
    return JSON.parse(JSON.stringify(payload ?? null)) as JsonValue;
  } catch {
    throw invalid(
      definition,
      account,
      'payload',
      ['payload: it cannot be written as JSON'],
      'Pass plain data: no cycles, functions or big integers.',
    );
  }
}

function refuseUnstorable(definition: JobDefinition, account: AccountId, payload: JsonValue): void {
  const path = findUnstorable(payload);
  if (path === undefined) return;
  const field = ['payload', ...path].join('.');
  const problem = `${field}: it holds a NUL character or half of a surrogate pair, which no database keeps`;
  throw invalid(definition, account, field, [problem], 'Take it out and add the job again.');
}

function checkedAccount(definition: JobDefinition, value: unknown): AccountId {
  if (typeof value === 'string') return accountId(value);
  throw invalid(
    definition,
    undefined,
    'accountId',
    ['accountId: missing'],
    'It was not written by this library.',
  );
}

/** zod's message names types and limits; the value itself (a buyer's, perhaps) stays out. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const path = ['payload', ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return `${path}: unknown field ${issue.keys.join(', ')}`;
  return `${path}: ${issue.message}`;
}

function invalid(
  definition: JobDefinition,
  account: AccountId | undefined,
  field: string,
  problems: readonly string[],
  remedy: string,
): ValidationError {
  const whose = account === undefined ? '' : ` for ${account}`;
  return new ValidationError(
    `The payload of the job ${definition.name}${whose} is not valid: ${problems.join('; ')}. ${remedy}`,
    { code: 'JOB_PAYLOAD_INVALID', field, account, operation: definition.name, problems, remedy },
  );
}
