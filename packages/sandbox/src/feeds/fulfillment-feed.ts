import { escapeXml, parseXml, textAt, type XmlElement, XmlSyntaxError } from '../xml/parse-xml.js';
import type { FeedJudge, FeedScene, FeedVerdict } from './feed-judge.js';
import { confirmMessage, type FulfillmentProblem } from './fulfillment-message.js';

interface Result extends FulfillmentProblem {
  readonly messageId: string;
  readonly orderId?: string | undefined;
}

/** What is wrong with the envelope; Amazon's code for a feed that does not fit its schema. */
const unreadable = '90208';

/** POST_ORDER_FULFILLMENT_DATA: each message confirms one parcel. The processing report is XML. */
export const judgeFulfillmentFeed: FeedJudge = (scene, content) => {
  let envelope: XmlElement;
  try {
    envelope = parseXml(content.toString('utf8'));
  } catch (error) {
    if (!(error instanceof XmlSyntaxError)) throw error;
    return verdictOf(scene, 0, [{ messageId: '0', code: unreadable, description: error.message }], 'FATAL');
  }
  const wrong = problemOf(scene, envelope);
  if (wrong !== undefined)
    return verdictOf(scene, 0, [{ messageId: '0', code: unreadable, description: wrong }], 'FATAL');
  const messages = envelope.children.filter((one) => one.name === 'Message');
  const most = Math.floor(messages.length * scene.part);
  const results = messages.slice(0, most).flatMap((message) => judge(scene, message) ?? []);
  return verdictOf(scene, messages.length, results, 'DONE');
};

function problemOf({ seller }: FeedScene, envelope: XmlElement): string | undefined {
  if (envelope.name !== 'AmazonEnvelope') return 'The feed is no AmazonEnvelope.';
  if (textAt(envelope, 'MessageType') !== 'OrderFulfillment') return 'MessageType must be OrderFulfillment.';
  const merchant = textAt(envelope, 'Header', 'MerchantIdentifier');
  return merchant === seller.sellerId
    ? undefined
    : `MerchantIdentifier ${merchant ?? ''} is not that of the account.`;
}

function judge(scene: FeedScene, message: XmlElement): Result | undefined {
  const messageId = textAt(message, 'MessageID') ?? '0';
  const body = message.children.find((one) => one.name === 'OrderFulfillment');
  if (body === undefined)
    return { messageId, code: unreadable, description: 'The message has no OrderFulfillment.' };
  const orderId = textAt(body, 'AmazonOrderID');
  const problem = confirmMessage(scene, {
    orderId,
    shipDate: textAt(body, 'FulfillmentDate'),
    carrier: textAt(body, 'FulfillmentData', 'CarrierName') ?? textAt(body, 'FulfillmentData', 'CarrierCode'),
    shippingMethod: textAt(body, 'FulfillmentData', 'ShippingMethod'),
    trackingNumber: textAt(body, 'FulfillmentData', 'ShipperTrackingNumber'),
    items: body.children
      .filter((one) => one.name === 'Item')
      .map((item) => {
        const quantity = textAt(item, 'Quantity');
        return {
          orderItemId: textAt(item, 'AmazonOrderItemCode') ?? '',
          quantity: quantity === undefined ? undefined : Number(quantity),
        };
      }),
  });
  return problem && { messageId, orderId, ...problem };
}

function verdictOf(
  { feed, seller }: FeedScene,
  processed: number,
  problems: readonly Result[],
  status: FeedVerdict['status'],
): FeedVerdict {
  const results = problems.map(({ code, description, messageId, orderId }) =>
    [
      '    <Result>',
      `      <MessageID>${escapeXml(messageId)}</MessageID>`,
      '      <ResultCode>Error</ResultCode>',
      `      <ResultMessageCode>${code}</ResultMessageCode>`,
      `      <ResultDescription>${escapeXml(description)}</ResultDescription>`,
      ...(orderId === undefined
        ? []
        : [
            '      <AdditionalInfo>',
            `        <AmazonOrderID>${escapeXml(orderId)}</AmazonOrderID>`,
            '      </AdditionalInfo>',
          ]),
      '    </Result>',
    ].join('\n'),
  );
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">',
    '  <Header>',
    '    <DocumentVersion>1.02</DocumentVersion>',
    `    <MerchantIdentifier>${seller.sellerId}</MerchantIdentifier>`,
    '  </Header>',
    '  <MessageType>ProcessingReport</MessageType>',
    '  <Message>',
    '  <MessageID>1</MessageID>',
    '  <ProcessingReport>',
    `    <DocumentTransactionID>${feed.id}</DocumentTransactionID>`,
    '    <StatusCode>Complete</StatusCode>',
    '    <ProcessingSummary>',
    `      <MessagesProcessed>${processed}</MessagesProcessed>`,
    `      <MessagesSuccessful>${Math.max(0, processed - problems.length)}</MessagesSuccessful>`,
    `      <MessagesWithError>${problems.length}</MessagesWithError>`,
    '      <MessagesWithWarning>0</MessagesWithWarning>',
    '    </ProcessingSummary>',
    ...results,
    '  </ProcessingReport>',
    '  </Message>',
    '</AmazonEnvelope>',
    '',
  ].join('\n');
  return { status, result: { text, contentType: 'text/xml; charset=UTF-8' } };
}
