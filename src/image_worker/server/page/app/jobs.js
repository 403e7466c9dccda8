// The queue's table, live.

import { html } from "./html.js";

export function Jobs() {
  return html`<section class="jobs"><h2>Jobs</h2><p class="empty">No jobs yet.</p></section>`;
}
