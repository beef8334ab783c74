import type { ConsentProblem } from './consent-desk.js';

export interface FormPage {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  /** Sent along unchanged. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly sellers: readonly { readonly sellerId: string; readonly name: string }[];
  readonly buttons: readonly { readonly value: string; readonly label: string }[];
}

/** A page of the local Seller Central: plain HTML, one form, no script. */
export function formPage(page: FormPage): string {
  const hidden = Object.entries(page.hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const sellers = page.sellers.map(
    ({ sellerId, name }) =>
      `<option value="${escaped(sellerId)}">${escaped(`${name} (${sellerId})`)}</option>`,
  );
  const buttons = page.buttons.map(
    ({ value, label }) => `<button name="answer" value="${escaped(value)}">${escaped(label)}</button>`,
  );
  return html(
    page.title,
    `<p>${escaped(page.text)}</p>
<form method="post" action="${escaped(page.action)}">
${hidden.join('\n')}
<p><label>Signed in as <select name="selling_partner_id">${sellers.join('')}</select></label></p>
<p>${buttons.join(' ')}</p>
</form>`,
  );
}

export function problemPage({ code, message }: ConsentProblem): string {
  return html('Something went wrong', `<p>${escaped(message)}</p>\n<p>Error code: ${code}</p>`);
}

function html(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)} – local Seller Central</title>
<h1>${escaped(title)}</h1>
${body}
<p><small>This is the sandbox of Fluxori Connectors on your own machine, not Amazon.</small></p>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
