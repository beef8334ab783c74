import {
  amazonQueuePolicy,
  effectiveTypes,
  type NotificationSetup,
  notificationType,
  notificationTypes,
  queueUrlOf,
} from '@fluxori/amazon-sp';
import { ValidationError } from '@fluxori/core';
import type { App } from '../composition/open-app.js';
import {
  type CommandContext,
  type CommandFactory,
  type CommonOptions,
  command,
  contextOf,
  group,
} from './command-context.js';
import { addDeadCommands } from './dead-notifications.js';
import { listenCommand } from './notifications-listen.js';
import { namesIn } from './options.js';
import { oneAccount } from './shared-options.js';

interface PlaceOptions extends CommonOptions {
  account?: string;
  queueArn?: string;
  eventBridge?: string;
  types?: string[];
}

/** `fluxori notifications setup|list|teardown|policy|listen|dead|retry|discard` */
export const notificationsCommand: CommandFactory = (facts) => {
  const notifications = group('notifications');
  notifications.addCommand(
    placed(
      command('setup').description('have notifications sent to your queue; repeat it as often as you like'),
    )
      .option('--name <name>', 'what new destinations are called', 'fluxori')
      .addHelpText(
        'after',
        [
          '',
          'The queue must let Amazon in: `fluxori notifications policy <arn>` prints the policy. Listings tell through EventBridge only;',
          'a rule there passes them on to the same queue. All of it: docs/notifications.md.',
          '',
          'Examples:',
          '  fluxori notifications setup --queue-arn arn:aws:sqs:eu-west-1:123456789012:sp-api',
          '  fluxori notifications setup --queue-arn arn:aws:sqs:eu-west-1:123456789012:sp-api --types ORDER_CHANGE',
          '  fluxori notifications setup --event-bridge 123456789012/eu-west-1 --account acme-za',
          '',
        ].join('\n'),
      )
      .action((options: PlaceOptions & { name: string }) => setUp(contextOf(facts, options), options)),
  );
  notifications.addCommand(
    command('list')
      .description('list destinations, and the subscriptions of an account')
      .option(...oneAccount)
      .option(
        '--types <types...>',
        'only these, by spaces or commas (default: those that something is done for); all: every one',
      )
      .addHelpText(
        'after',
        '\nExamples:\n  fluxori notifications list\n  fluxori notifications list --types all --json\n',
      )
      .action((options: PlaceOptions) => list(contextOf(facts, options), options)),
  );
  notifications.addCommand(
    placed(command('teardown').description('take an account’s subscriptions to these places back'))
      .addHelpText(
        'after',
        '\nA destination goes, too, when no other seller has subscriptions to it.\n\nExample:\n  fluxori notifications teardown --queue-arn arn:aws:sqs:eu-west-1:123456789012:sp-api\n',
      )
      .action((options: PlaceOptions) => tearDown(contextOf(facts, options), options)),
  );
  notifications.addCommand(
    command('policy')
      .description('print the policy that lets Amazon, and nobody else, send to a queue')
      .argument('<queue-arn>', 'the SQS queue')
      .addHelpText(
        'after',
        '\nExample:\n  fluxori notifications policy arn:aws:sqs:eu-west-1:123456789012:sp-api\n',
      )
      .action((arn: string, options: CommonOptions) => {
        const { terminal } = contextOf(facts, options);
        const policy = JSON.parse(amazonQueuePolicy(arn)) as unknown;
        terminal.result(policy, () => terminal.say(JSON.stringify(policy, null, 2)));
      }),
  );
  notifications.addCommand(listenCommand(facts));
  addDeadCommands(notifications, facts);
  return notifications;
};

function placed(of: ReturnType<typeof command>): ReturnType<typeof command> {
  return of
    .option(...oneAccount)
    .option('--queue-arn <arn>', 'the SQS queue')
    .option(
      '--event-bridge <account/region>',
      'the AWS account of the event bus, e.g. 123456789012/eu-west-1',
    )
    .option(
      '--types <types...>',
      'only these, by spaces or commas (default: those that something is done for, and that go there)',
    );
}

async function setUp(context: CommandContext, options: PlaceOptions & { name: string }): Promise<void> {
  const places = placesOf(options);
  const types =
    typesOf(options.types) ??
    effectiveTypes.filter((type) => places[targets[notificationTypes[type].destination]] !== undefined);
  await context.withApp(async (app) => {
    const connector = await connectorOf(app, options);
    const setup = { ...places, types, name: options.name };
    const result = await connector.notifications.setup(setup, { signal: context.signal });
    const { terminal } = context;
    const queueUrl = places.queueArn && queueUrlOf(places.queueArn, connector.config.endpoints?.sqs);
    terminal.result({ ...result, ...(queueUrl && { queueUrl }) }, () => {
      terminal.table(
        ['notification', 'version', 'change', 'subscription'],
        result.subscriptions.map((one) => [
          one.type,
          one.payloadVersion,
          one.because === undefined ? one.change : `${one.change}: ${one.because}`,
          one.subscriptionId,
        ]),
      );
      for (const { kind, destinationId, change, eventSource } of result.destinations) {
        terminal.say(`Destination ${destinationId} (${kind === 'sqs' ? 'SQS' : 'EventBridge'}): ${change}.`);
        if (eventSource !== undefined)
          terminal.say(
            `Associate the partner event source ${eventSource} with an event bus, and add a rule.`,
          );
      }
      if (queueUrl)
        terminal.say(
          `Listen with "notifications": { "queueUrl": "${queueUrl}" } in the file, then \`fluxori worker\`.`,
        );
    });
  });
}

async function list(context: CommandContext, options: PlaceOptions): Promise<void> {
  const types =
    options.types?.join() === 'all'
      ? Object.keys(notificationTypes)
      : (typesOf(options.types) ?? effectiveTypes);
  await context.withApp(async (app) => {
    const { notifications } = await connectorOf(app, options);
    const { signal, terminal } = context;
    const destinations = await notifications.destinations({ signal });
    const subscriptions: {
      type: string;
      subscriptionId: string;
      payloadVersion: string;
      destinationId: string;
    }[] = [];
    for (const type of types) {
      for await (const { subscriptionId, payloadVersion, destinationId } of notifications.subscriptions(
        [type],
        { signal },
      ))
        subscriptions.push({ type, subscriptionId, payloadVersion, destinationId });
    }
    terminal.result({ destinations, subscriptions }, () => {
      terminal.table(
        ['destination', 'name', 'where'],
        destinations.map(({ destinationId, name, resource }) => [
          destinationId,
          name,
          resource.sqs?.arn ??
            `EventBridge ${resource.eventBridge?.accountId}/${resource.eventBridge?.region}`,
        ]),
      );
      terminal.table(
        ['notification', 'version', 'destination', 'subscription'],
        subscriptions.map((one) => [one.type, one.payloadVersion, one.destinationId, one.subscriptionId]),
      );
      if (subscriptions.length === 0)
        terminal.say('No subscriptions. `fluxori notifications setup` makes them.');
    });
  });
}

async function tearDown(context: CommandContext, options: PlaceOptions): Promise<void> {
  const places = placesOf(options);
  const types = typesOf(options.types);
  await context.withApp(async (app) => {
    const { notifications } = await connectorOf(app, options);
    const { signal, terminal } = context;
    const result = await notifications.teardown({ ...places, ...(types && { types }) }, { signal });
    terminal.result(result, () => {
      for (const { type } of result.subscriptions) terminal.say(`${type}: taken back.`);
      for (const { destinationId, change } of result.destinations)
        terminal.say(
          change === 'deleted'
            ? `Destination ${destinationId}: deleted.`
            : `Destination ${destinationId}: kept, there are other subscriptions to it.`,
        );
      if (result.subscriptions.length === 0) terminal.say('There was nothing to take back.');
    });
  });
}

async function connectorOf({ connectors }: App, { account }: PlaceOptions) {
  return connectors.get(connectors.choose(account));
}

const targets = { sqs: 'queueArn', eventBridge: 'eventBridge' } as const;

function placesOf({
  queueArn,
  eventBridge,
}: PlaceOptions): Pick<NotificationSetup, 'queueArn' | 'eventBridge'> {
  if (queueArn === undefined && eventBridge === undefined)
    throw new ValidationError('Say where to: --queue-arn, --event-bridge, or both.', {
      field: 'queue-arn',
      remedy:
        'Give e.g. --queue-arn arn:aws:sqs:eu-west-1:123456789012:sp-api. docs/notifications.md explains both.',
    });
  return {
    ...(queueArn && { queueArn }),
    ...(eventBridge && { eventBridge: eventBridgeOption(eventBridge) }),
  };
}

function eventBridgeOption(text: string) {
  const [, accountId, region] = /^(\d{12})\/([a-z0-9-]+)$/.exec(text) ?? [];
  if (accountId !== undefined && region !== undefined) return { accountId, region };
  throw new ValidationError(`--event-bridge ${JSON.stringify(text)} is no AWS account and region.`, {
    field: 'event-bridge',
    remedy: 'Write twelve digits, a slash and the region, e.g. 123456789012/eu-west-1.',
  });
}

/** @throws ValidationError naming what there is. */
function typesOf(given: readonly string[] | undefined): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const types = namesIn(given);
  const unknown = types.filter((type) => notificationType(type) === undefined);
  if (unknown.length === 0) return types;
  throw new ValidationError(`There is no notification ${unknown.join(', ')}.`, {
    code: 'TYPE_UNKNOWN',
    field: 'types',
    remedy: `Use some of: ${Object.keys(notificationTypes).join(', ')}.`,
  });
}
