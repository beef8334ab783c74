import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { implement } from '../../operation/implementation.js';
import { orderOf } from '../orders/get-order.js';

export const getOrderRegulatedInfo = implement('orders', 'v0', 'getOrderRegulatedInfo', (call) => {
  const order = orderOf(call.seller, call.region, call.params.orderId);
  const { verification } = order;
  return {
    payload: {
      AmazonOrderId: order.id,
      RegulatedInformation: { Fields: [] },
      RequiresDosageLabel: false,
      RegulatedOrderVerificationStatus: {
        Status: verification?.status ?? 'Pending',
        RequiresMerchantAction: verification === undefined,
        ValidRejectionReasons: [
          {
            RejectionReasonId: 'shield_pom_vps_reject_incorrect',
            RejectionReasonDescription: 'Information is incorrect',
          },
        ],
        ...(verification === undefined
          ? {}
          : {
              ReviewDate: new Date(verification.reviewedMs).toISOString(),
              ExternalReviewerId: verification.externalReviewerId,
            }),
      },
    },
  };
});

const update = z.object({
  regulatedOrderVerificationStatus: z.object({
    status: z.enum(['Pending', 'Approved', 'Rejected', 'Expired', 'Cancelled']).optional(),
    externalReviewerId: z.string().min(1),
    rejectionReasonId: z.string().optional(),
  }),
});

export const updateVerificationStatus = implement('orders', 'v0', 'updateVerificationStatus', (call) => {
  const { regulatedOrderVerificationStatus: given } = readBody(update, call.params.body);
  const order = orderOf(call.seller, call.region, call.params.orderId);
  order.verification = {
    status: given.status ?? 'Pending',
    externalReviewerId: given.externalReviewerId,
    reviewedMs: call.now(),
    ...(given.rejectionReasonId === undefined ? {} : { rejectionReasonId: given.rejectionReasonId }),
  };
  call.seller.orders.touch(order, call.now());
  return undefined;
});
