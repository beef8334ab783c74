import { ValidationError } from '@fluxori/core';
import { type Message, messageKinds, messageRules, mostAttachments } from './message.js';

/** Amazon takes neither in any kind of message. */
const forbidden = [
  { pattern: /<\/?[a-z][^>]*>/i, what: 'HTML', remedy: 'Write plain text.' },
  {
    pattern: /[^\s@]+@[^\s@]+\.[a-z]{2,}/i,
    what: 'an e-mail address',
    remedy: 'Leave e-mail addresses out: the buyer answers through Amazon.',
  },
];

/**
 * Checks a message before anything is sent.
 * @throws ValidationError naming the field; it never repeats the text.
 */
export function checkMessage(message: Message, account: string): void {
  const wrong = (field: string, text: string, remedy: string) =>
    new ValidationError(`${field}: ${text}.`, { field, account, remedy });
  const rules = Object.hasOwn(messageRules, message.kind) ? messageRules[message.kind] : undefined;
  if (rules === undefined)
    throw wrong(
      'kind',
      `${JSON.stringify(message.kind)} is no kind of message`,
      `Use one of ${messageKinds.join(', ')}.`,
    );
  const { longestText } = rules;
  if (longestText !== undefined) {
    const text = 'text' in message ? message.text : '';
    if (typeof text !== 'string' || text.trim() === '')
      throw wrong(
        'text',
        `a message of kind ${message.kind} needs a text`,
        'Write what the buyer is to read.',
      );
    if (text.length > longestText)
      throw wrong(
        'text',
        `${text.length} characters are too many for ${message.kind}`,
        `Write at most ${longestText} characters.`,
      );
    const found = forbidden.find(({ pattern }) => pattern.test(text));
    if (found !== undefined)
      throw wrong('text', `holds ${found.what}, which Amazon does not let through`, found.remedy);
  }
  const count = ('attachments' in message ? message.attachments : undefined)?.length ?? 0;
  if (rules.attachments === 'needed' && count === 0)
    throw wrong(
      'attachments',
      `a message of kind ${message.kind} needs an attachment`,
      'Upload the file first, and pass the id of its upload destination.',
    );
  if (rules.attachments === 'none' && count > 0)
    throw wrong('attachments', `${message.kind} takes none`, 'Leave the attachments out.');
  if (count > mostAttachments)
    throw wrong('attachments', `${count} are too many`, `Attach at most ${mostAttachments} files.`);
}
