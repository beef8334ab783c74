import { randomUUID } from 'node:crypto';
import { invalidInput, notFound, Refusal } from '../http/refusal.js';
import type { SqsQueue } from '../sqs/sqs-queue.js';
import type { Region } from '../world/marketplaces.js';

export interface Destination {
  readonly name: string;
  readonly destinationId: string;
  readonly resource: {
    readonly sqs?: { readonly arn: string };
    readonly eventBridge?: { readonly name: string; readonly region: string; readonly accountId: string };
  };
}

export interface DestinationOrder {
  readonly name: string;
  readonly sqs?: { readonly arn: string } | undefined;
  readonly eventBridge?: { readonly region: string; readonly accountId: string } | undefined;
}

/** Whose destinations: they belong to an application, in a region. */
export interface DestinationOwner {
  readonly applicationId: string;
  readonly region: Region;
}

/** Amazon's account for notifications: the one that must be let in to the queue. Source: the SQS tutorial. */
export const amazonAccount = '437568002678';

/** The destinations of all applications. Wording of the refusals: amzn/selling-partner-api-models issues 2113, 2145, 2281. */
export class Destinations {
  readonly #queueOf: (arn: string) => SqsQueue | undefined;
  readonly #byOwner = new Map<string, Map<string, Destination>>();

  constructor(queueOf: (arn: string) => SqsQueue | undefined) {
    this.#queueOf = queueOf;
  }

  /** @throws Refusal */
  create(owner: DestinationOwner, { name, sqs, eventBridge }: DestinationOrder): Destination {
    if ((sqs === undefined) === (eventBridge === undefined))
      throw invalid('Exactly one of sqs and eventBridge must be given.');
    if (sqs !== undefined) this.#checkQueue(sqs.arn);
    if (eventBridge !== undefined && !/^\d{12}$/.test(eventBridge.accountId))
      throw invalid('eventBridge.accountId must be the twelve digits of an AWS account.');
    this.#refuseConflict(owner, { name, sqs, eventBridge });
    const destination: Destination = {
      name,
      destinationId: randomUUID(),
      resource: {
        ...(sqs !== undefined && { sqs }),
        ...(eventBridge !== undefined && {
          eventBridge: { ...eventBridge, name: eventSource(eventBridge.accountId, owner.applicationId) },
        }),
      },
    };
    this.#of(owner).set(destination.destinationId, destination);
    return destination;
  }

  list(owner: DestinationOwner): readonly Destination[] {
    return [...this.#of(owner).values()];
  }

  find(owner: DestinationOwner, destinationId: string): Destination | undefined {
    return this.#of(owner).get(destinationId);
  }

  /** @throws Refusal (404) */
  get(owner: DestinationOwner, destinationId: string): Destination {
    const destination = this.find(owner, destinationId);
    if (destination !== undefined) return destination;
    throw notFound(
      'The requested resource was not found.',
      `No destination with id '${destinationId}' for applicationId '${owner.applicationId}'`,
    );
  }

  /** @throws Refusal (404) */
  delete(owner: DestinationOwner, destinationId: string): void {
    this.get(owner, destinationId);
    this.#of(owner).delete(destinationId);
  }

  #of({ applicationId, region }: DestinationOwner): Map<string, Destination> {
    const key = `${applicationId} ${region}`;
    const own = this.#byOwner.get(key) ?? new Map<string, Destination>();
    this.#byOwner.set(key, own);
    return own;
  }

  /** There is one destination for a queue, and one for an AWS account's EventBridge. */
  #refuseConflict(owner: DestinationOwner, { name, sqs, eventBridge }: DestinationOrder): void {
    for (const { name: taken, resource } of this.list(owner)) {
      if (sqs !== undefined && resource.sqs?.arn === sqs.arn)
        throw conflict(
          `A destination with arn ${sqs.arn} already exists for the application ${owner.applicationId}`,
        );
      if (eventBridge !== undefined && resource.eventBridge?.accountId === eventBridge.accountId)
        throw conflict(
          `A destination with accountId ${eventBridge.accountId} already exists for the application ${owner.applicationId}`,
        );
      if (taken === name)
        throw conflict(
          `A destination with name ${name} already exists for the application ${owner.applicationId}`,
        );
    }
  }

  #checkQueue(arn: string): void {
    if (!/^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}$/.test(arn))
      throw invalid('sqs.arn must be the ARN of a standard queue.');
    const queue = this.#queueOf(arn);
    if (queue === undefined) throw invalid(`There is no queue ${arn}.`);
    if (!letsAmazonIn(queue.attributes.text('Policy')))
      throw invalid(
        `Queue ${arn} does not let ${amazonAccount} call sqs:SendMessage and sqs:GetQueueAttributes: correct its policy.`,
      );
  }
}

/** How AWS names the event source that the receiver associates with a bus. */
function eventSource(accountId: string, applicationId: string): string {
  return `aws.partner/sellingpartnerapi.amazon.com/${accountId}/${applicationId}`;
}

function letsAmazonIn(policy: string | undefined): boolean {
  if (policy === undefined) return false;
  try {
    const { Statement } = JSON.parse(policy) as { Statement?: unknown };
    const allowed = new Set<string>();
    for (const statement of [Statement].flat() as Record<string, unknown>[]) {
      if (statement.Effect !== 'Allow' || !JSON.stringify(statement.Principal).includes(amazonAccount))
        continue;
      for (const action of [statement.Action].flat()) allowed.add(String(action).toLowerCase());
    }
    const may = (action: string) => allowed.has('*') || allowed.has('sqs:*') || allowed.has(`sqs:${action}`);
    return may('sendmessage') && may('getqueueattributes');
  } catch {
    return false;
  }
}

function invalid(details: string): Refusal {
  return invalidInput('Invalid Input', details);
}

function conflict(details: string): Refusal {
  return new Refusal(
    409,
    'Conflict',
    'The requested resource conflict with a resource in the server.',
    details,
  );
}
