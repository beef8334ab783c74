import { Gathered } from '@fluxori/core';
import type { PgQueryResult } from 'bullmq';

/** Sends one statement. */
export type SendStatement = <Row>(
  text: string,
  parameters?: readonly unknown[],
) => Promise<PgQueryResult<Row>>;

/**
 * The functions of BullMQ 6.7 that move a job, with the types of what they take. While thousands of jobs park, are woken and end, many calls of
 * the same function are on their way at the same moment, and a database counts statements and commits.
 */
const functions: Readonly<Record<string, readonly string[]>> = {
  move_to_active: ['text', 'text', 'bigint', 'bigint', 'text', 'integer', 'bigint'],
  move_to_completed: ['text', 'text', 'text', 'jsonb', 'bigint', 'boolean', 'bigint', 'integer'],
  move_to_completed_fetch: [
    ...['text', 'text', 'text', 'jsonb', 'bigint', 'boolean', 'bigint', 'integer'],
    ...['bigint', 'bigint', 'text', 'integer', 'bigint'],
  ],
  move_to_delayed: ['text', 'text', 'text', 'bigint', 'bigint', 'boolean', 'text', 'jsonb'],
  move_active_to_wait: ['text', 'text', 'text', 'bigint'],
  promote: ['text', 'text'],
  remove: ['text', 'text', 'boolean'],
  next_signal: ['text', 'integer', 'bigint'],
};

/** Questions whose answer is the same for all that are alike in so many of their first parameters; what follows is the time. */
const alike: Readonly<Record<string, number>> = { next_signal: 2 };

/**
 * Calls before which the job is locked. BullMQ looks at its state, then waits for whoever is just moving it, and then does what was right before: a job
 * that was delayed and is claimed now, or was active and is done now, becomes a waiting one and is done twice; one that is claimed now is removed.
 */
const lockedFirst: ReadonlySet<string> = new Set(['promote', 'move_active_to_wait', 'remove']);

/** A call of one function and nothing else, as BullMQ writes it: its rows, or its value under a name. */
const rowsCall = /^select\s+[\w\s,*]+\s+from\s+(\w+)\s*\(([\s\S]*)\)\s*;?$/i;
const valueCall = /^select\s+(\w+)\s*\(([\s\S]*)\)\s+as\s+(\w+)\s*;?$/i;
/** A job by its id. */
const jobCall = /^select\s+\*\s+from\s+job\s+where\s+queue\s*=\s*\$1\s+and\s+id\s*=\s*\$2\s*;?$/i;
const parameter = /^\$(\d+)(?:::\w+)?$/;
const placeColumn = 'bulk_place';

interface Call {
  readonly parameters: readonly unknown[];
}

/** How many calls go as one. */
interface Bulk {
  readonly text: string;
  readonly alike?: number;
  /** Also a single one goes so. */
  readonly always?: boolean;
}

type Answer = { readonly result: PgQueryResult<unknown> } | { readonly error: unknown };

/**
 * Sends calls of the same function that come while another is on its way as one statement, which is one transaction. Each caller gets the
 * answer of its own call. When the database says no to one of them, none has been carried out, and each is sent by itself.
 */
export class BulkStatements {
  readonly #send: SendStatement;
  readonly #most: number;
  /** By text; undefined for those that go as they are. */
  readonly #gathered = new Map<string, Gathered<Call, Answer> | undefined>();

  /** @param most - calls in one statement: an embedded database keeps the process waiting for as long as it works on them. */
  constructor(send: SendStatement, most: number) {
    this.#send = send;
    this.#most = most;
  }

  async query<Row>(text: string, parameters: readonly unknown[] = []): Promise<PgQueryResult<Row>> {
    if (!this.#gathered.has(text)) this.#gathered.set(text, this.#gathering(text));
    const gathered = this.#gathered.get(text);
    if (gathered === undefined) return this.#send<Row>(text, parameters);
    const answer = await gathered.ask({ parameters });
    if ('error' in answer) throw answer.error;
    return answer.result as PgQueryResult<Row>;
  }

  #gathering(text: string): Gathered<Call, Answer> | undefined {
    const bulk = bulkOf(text);
    return bulk === undefined
      ? undefined
      : new Gathered((calls) => this.#round(text, bulk, calls), this.#most);
  }

  async #round(text: string, bulk: Bulk, calls: readonly Call[]): Promise<readonly Answer[]> {
    if (bulk.alike === undefined) return this.#together(text, bulk, calls);
    const groups = Map.groupBy(calls, ({ parameters }) => JSON.stringify(parameters.slice(0, bulk.alike)));
    const asked = [...groups.values()];
    const answers = await this.#together(
      text,
      bulk,
      asked.map(([first]) => first!),
    );
    const answerOf = new Map(asked.flatMap((group, index) => group.map((call) => [call, answers[index]!])));
    return calls.map((call) => answerOf.get(call)!);
  }

  async #together(text: string, bulk: Bulk, calls: readonly Call[]): Promise<readonly Answer[]> {
    const isOne = calls.length === 1;
    if (isOne && !bulk.always) return [await this.#alone(text, calls[0]!)];
    const width = calls[0]!.parameters.length;
    const columns = Array.from({ length: width }, (_, index) =>
      calls.map(({ parameters }) => asText(parameters[index])),
    );
    try {
      const { rows } = await this.#send<Record<string, unknown>>(bulk.text, columns);
      const results = calls.map(() => ({ rows: [] as unknown[], rowCount: 0 }));
      for (const { [placeColumn]: place, ...row } of rows) {
        const result = results[Number(place) - 1]!;
        result.rows.push(row);
        result.rowCount += 1;
      }
      return results.map((result) => ({ result }));
    } catch (error) {
      if (isOne || !isRefusal(error)) return calls.map(() => ({ error }));
      const each = await Promise.all(calls.map((call) => this.#together(text, bulk, [call])));
      return each.flat();
    }
  }

  async #alone(text: string, { parameters }: Call): Promise<Answer> {
    try {
      return { result: await this.#send(text, parameters) };
    } catch (error) {
      return { error };
    }
  }
}

/** The statement that makes many such calls, one array for each parameter; undefined when it is none that we know. */
export function bulkStatement(text: string): string | undefined {
  return bulkOf(text)?.text;
}

function bulkOf(text: string): Bulk | undefined {
  const plain = text.replace(/^\s*--.*$/gm, '').trim();
  if (jobCall.test(plain)) {
    const jobs = 'unnest($1::text[], $2::text[]) with ordinality as given(p1, p2, place)';
    const join = 'join job on job.queue = given.p1 and job.id = given.p2';
    return { text: `select given.place as ${placeColumn}, job.* from ${jobs} ${join}` };
  }
  const rows = rowsCall.exec(plain);
  const value = rows === null ? valueCall.exec(plain) : null;
  const [, name = '', list = '', column] = rows ?? value ?? [];
  const types = functions[name.toLowerCase()];
  if (types === undefined || !areInOrder(list, types.length)) return undefined;
  const given = types.map((_, index) => `p${index + 1}`);
  const call = `${name}(${types.map((type, index) => `given.p${index + 1}::${type}`).join(', ')})`;
  const arrays = types.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const from = `unnest(${arrays}) with ordinality as given(${given.join(', ')}, place)`;
  const place = `given.place as ${placeColumn}`;
  if (column !== undefined && lockedFirst.has(name.toLowerCase())) {
    const job = 'select from job where queue = given.p1 and id = given.p2 for update';
    const text = `select ${place}, ${call} as ${column} from ${from} left join lateral (${job}) as locked on true`;
    return { text, always: true };
  }
  if (column !== undefined) return { text: `select ${place}, ${call} as ${column} from ${from}` };
  return {
    text: `select ${place}, answer.* from ${from} cross join lateral ${call} as answer`,
    ...(alike[name] !== undefined && { alike: alike[name] }),
  };
}

/** Whether these are the parameters, each once and in order. */
function areInOrder(list: string, count: number): boolean {
  const numbers = list.split(',').map((one) => parameter.exec(one.trim())?.[1]);
  return numbers.length === count && numbers.every((number, index) => number === String(index + 1));
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The database has answered, and so has carried out nothing of the statement. */
function isRefusal(error: unknown): boolean {
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(String((error as { code?: unknown } | null)?.code));
}
