import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { swiftBackend } from '../../testing/connect-to-sandbox.js';
import { anyone, NotificationRig } from '../../testing/notification-rig.js';
import { until } from '../../testing/until.js';
import { listenToNotifications } from '../index.js';

const here = fileURLToPath(import.meta.url);

it('the README shows a listener that runs', async () => {
  await using rig = await NotificationRig.open(swiftBackend);
  const { connector, queues } = rig;
  const { backend } = rig.sandboxed;
  const { arn: queueArn, url: queueUrl } = rig.queue;
  const sqs = anyone;
  const log: string[] = [];
  // begin: notifications
  await connector.notifications.setup({ queueArn, types: ['ORDER_CHANGE', 'REPORT_PROCESSING_FINISHED'] });
  await using listener = await listenToNotifications({
    ...{ queueUrl, queues, keyValues: backend.keyValues, sqs },
    accounts: () => [connector.config],
    onNotification: async ({ type, eventTime }, { accountIds }) => {
      log.push(`${type} for ${accountIds.join(', ')}, ${eventTime?.toISOString()}`);
    },
  });
  listener.start();
  // end: notifications
  const [orderId = ''] = rig.sandbox.orderIds();
  rig.sandbox.updateOrder(orderId, { status: 'SHIPPED' });
  await until(() => log.length > 0);
  expect(log).toEqual([expect.stringMatching(/^ORDER_CHANGE for acme-za, \d{4}-/)]);
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const source = await readFile(here, 'utf8');
  const shown = /\/\/ begin: notifications\n(.*?) *\/\/ end: notifications/s.exec(source)?.[1] ?? '';
  expect(shown.length).toBeGreaterThan(100);
  expect(readme).toContain(shown.replace(/^ {2}/gm, '').trimEnd());
});
