import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { accessDenied } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import type { StoredOrder } from '../../world/order.js';
import { orderOf } from '../orders/get-order.js';

interface About {
  readonly amazonOrderId: string;
  readonly marketplaceIds: readonly string[];
}
type Call = Pick<OperationCall<About>, 'seller' | 'region' | 'params' | 'now'>;

const text = (longest: number) => z.string().trim().min(1).max(longest);
const attachment = z.object({ uploadDestinationId: z.string().min(1), fileName: z.string().min(1) });
const attachments = z.array(attachment).max(5);
const needed = attachments.min(1);

/** The orders for which Amazon lets a kind of message through. Inferred from what each is for: the models do not say. */
const before = (order: StoredOrder) => order.status === 'UNSHIPPED' || order.status === 'PARTIALLY_SHIPPED';
const after = (order: StoredOrder) => order.status === 'SHIPPED';
const either = (order: StoredOrder) => before(order) || after(order);

const offered: Readonly<Record<string, (order: StoredOrder) => boolean>> = {
  confirmOrderDetails: before,
  unexpectedProblem: before,
  confirmCustomizationDetails: before,
  confirmDeliveryDetails: either,
  legalDisclosure: either,
  invoice: either,
  warranty: after,
};

function kindsOf(order: StoredOrder): readonly string[] {
  if (order.fulfilledBy === 'AMAZON') return [];
  return Object.keys(offered).filter((kind) => offered[kind]?.(order));
}

function orderMeant({ seller, region, params }: Call): StoredOrder {
  return orderOf(seller, region, params.amazonOrderId);
}

/** @throws Refusal 403 for a kind that the order does not take. */
function send(call: Call, kind: string, schema: z.ZodType, body: unknown) {
  readBody(schema, body);
  const order = orderMeant(call);
  if (!kindsOf(order).includes(kind)) throw accessDenied(`The order takes no message of the type ${kind}.`);
  call.seller.correspondence.send(order.id, kind, call.now());
  return {};
}

export const getMessagingActionsForOrder = implement(
  'messaging',
  'v1',
  'getMessagingActionsForOrder',
  (call) => {
    const order = orderMeant(call);
    const here = `/messaging/v1/orders/${order.id}`;
    const query = `?marketplaceIds=${order.marketplaceId}`;
    return {
      _links: {
        self: { href: `${here}${query}` },
        actions: kindsOf(order).map((name) => ({ name, href: `${here}/messages/${name}${query}` })),
      },
      _embedded: { actions: [] },
    };
  },
);

export const getAttributes = implement('messaging', 'v1', 'GetAttributes', (call) => {
  orderMeant(call);
  return { buyer: { locale: 'en-ZA' } };
});

export const confirmCustomizationDetails = implement(
  'messaging',
  'v1',
  'confirmCustomizationDetails',
  (call) =>
    send(
      call,
      'confirmCustomizationDetails',
      z.object({ text: text(800), attachments: attachments.optional() }),
      call.params.body,
    ),
);

export const createConfirmDeliveryDetails = implement(
  'messaging',
  'v1',
  'createConfirmDeliveryDetails',
  (call) => send(call, 'confirmDeliveryDetails', z.object({ text: text(2000) }), call.params.body),
);

export const createConfirmOrderDetails = implement('messaging', 'v1', 'createConfirmOrderDetails', (call) =>
  send(call, 'confirmOrderDetails', z.object({ text: text(2000) }), call.params.body),
);

export const createConfirmServiceDetails = implement(
  'messaging',
  'v1',
  'createConfirmServiceDetails',
  (call) => send(call, 'confirmServiceDetails', z.object({ text: text(2000) }), call.params.body),
);

export const createDigitalAccessKey = implement('messaging', 'v1', 'createDigitalAccessKey', (call) =>
  send(
    call,
    'digitalAccessKey',
    z.object({ text: text(400), attachments: attachments.optional() }),
    call.params.body,
  ),
);

export const createUnexpectedProblem = implement('messaging', 'v1', 'createUnexpectedProblem', (call) =>
  send(call, 'unexpectedProblem', z.object({ text: text(2000) }), call.params.body),
);

export const createLegalDisclosure = implement('messaging', 'v1', 'createLegalDisclosure', (call) =>
  send(call, 'legalDisclosure', z.object({ attachments: needed }), call.params.body),
);

export const createWarranty = implement('messaging', 'v1', 'CreateWarranty', (call) =>
  send(call, 'warranty', z.object({ attachments: needed }), call.params.body),
);

export const sendInvoice = implement('messaging', 'v1', 'sendInvoice', (call) =>
  send(call, 'invoice', z.object({ attachments: needed }), call.params.body),
);

export const messagingOperations = [
  getMessagingActionsForOrder,
  getAttributes,
  confirmCustomizationDetails,
  createConfirmDeliveryDetails,
  createConfirmOrderDetails,
  createConfirmServiceDetails,
  createDigitalAccessKey,
  createUnexpectedProblem,
  createLegalDisclosure,
  createWarranty,
  sendInvoice,
];
