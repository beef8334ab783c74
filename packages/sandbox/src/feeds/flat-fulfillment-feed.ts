import type { FeedJudge } from './feed-judge.js';
import { confirmMessage } from './fulfillment-message.js';

/** POST_FLAT_FILE_FULFILLMENT_DATA: each row confirms one item of a parcel. The processing report is a flat file too. */
export const judgeFlatFulfillmentFeed: FeedJudge = (scene, content) => {
  const [head = '', ...lines] = content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/);
  const names = head.split('\t').map((name) => name.trim());
  const rows = lines.filter((line) => line.trim() !== '');
  const most = Math.floor(rows.length * scene.part);
  const problems = rows.slice(0, most).flatMap((line, i) => {
    const cells = line.split('\t');
    const cell = (name: string) => cells[names.indexOf(name)]?.trim() || undefined;
    const [orderItemId, quantity] = [cell('order-item-id'), cell('quantity')];
    const problem = confirmMessage(scene, {
      orderId: cell('order-id'),
      shipDate: cell('ship-date'),
      carrier: cell('carrier-name') ?? cell('carrier-code'),
      shippingMethod: cell('ship-method'),
      trackingNumber: cell('tracking-number'),
      items:
        orderItemId === undefined
          ? []
          : [{ orderItemId, quantity: quantity === undefined ? undefined : Number(quantity) }],
    });
    return problem === undefined
      ? []
      : [`${i + 1}\t${cell('order-id') ?? ''}\t${problem.code}\tError\t${problem.description}`];
  });
  const text = [
    'Feed Processing Summary:',
    `\tNumber of records processed\t\t${rows.length}`,
    `\tNumber of records successful\t\t${rows.length - problems.length}`,
    '',
    'original-record-number\torder-id\terror-code\terror-type\terror-message',
    ...problems,
    '',
  ].join('\r\n');
  return { status: 'DONE', result: { text, contentType: 'text/plain; charset=UTF-8' } };
};
