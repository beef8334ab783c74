import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';

/** The URL of an upload is good as long as that of a document; what is uploaded is kept for a day. */
const lifetimeMs = 86_400_000;

/** What is PUT to the URL must have the MD5 that was named here, and the headers of the answer. */
export const createUploadDestinationForResource = implement(
  'uploads',
  '2020-11-01',
  'createUploadDestinationForResource',
  (call) => {
    const { contentMD5, contentType = 'application/octet-stream' } = call.params;
    const { desks, region, seller } = call;
    if (!/^[A-Za-z0-9+/]{22}==$/.test(contentMD5))
      throw invalidInput(
        'Request has missing or invalid parameters and cannot be parsed.',
        'contentMD5 must be an MD5 in base64.',
      );
    const document = desks.shelf.add({
      ...{ kind: 'upload', sellerId: seller.sellerId, region, contentType, md5: contentMD5, lifetimeMs },
    });
    return {
      payload: {
        uploadDestinationId: document.id,
        url: desks.shelf.uploadUrl(document),
        headers: { 'Content-MD5': contentMD5, 'Content-Type': contentType },
      },
    };
  },
);
