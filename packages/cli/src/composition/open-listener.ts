import {
  listenToNotifications,
  NotificationDesk,
  type NotificationDeskOptions,
  type NotificationListener,
} from '@fluxori/amazon-sp';
import type { Logger, Metrics } from '@fluxori/core';
import type { Environment } from '../config/environment.js';
import type { App } from './open-app.js';

export interface ListenerParts {
  readonly queueUrl: string;
  readonly env: Environment;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/**
 * A listener for all accounts that are configured. It was not started.
 * @throws ValidationError when the URL is none of a queue.
 */
export async function openListener(
  app: App,
  { queueUrl, env, logger, metrics }: ListenerParts,
): Promise<NotificationListener> {
  return listenToNotifications({
    ...(await deskOptions(app, logger)),
    ...{ queueUrl, sqs: credentialsFor(queueUrl, env) },
    ...(metrics && { metrics }),
  });
}

/** For messages that were put aside: no queue is asked. */
export async function openNotificationDesk(app: App, logger: Logger): Promise<NotificationDesk> {
  return new NotificationDesk(await deskOptions(app, logger));
}

async function deskOptions(app: App, logger: Logger): Promise<NotificationDeskOptions> {
  const { connectors, queues, backend, secureKeyValues } = app;
  const made = await Promise.all(connectors.accountIds.map((id) => connectors.get(id)));
  const accounts = made.map(({ config }) => config);
  return { queues, logger, secureKeyValues, keyValues: backend.keyValues, accounts: () => accounts };
}

/** AWS's client finds credentials by itself. A queue on this machine (a sandbox, LocalStack) takes any, and there need be none. */
function credentialsFor(queueUrl: string, env: Environment) {
  const isLocal = URL.canParse(queueUrl) && /^(localhost|127\.|\[::1\])/.test(new URL(queueUrl).hostname);
  if (!isLocal || env.AWS_ACCESS_KEY_ID || env.AWS_PROFILE) return {};
  return { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}
