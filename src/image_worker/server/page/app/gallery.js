// All results of a job with renditions, side by side.

import { bytes, suffixOf } from "./files.js";
import { html } from "./html.js";
import { preview } from "./preview.js";

export function Gallery() {
  const { results = [] } = preview.value;
  if (results.length < 2) return null;
  return html`<section aria-label="All results">
    <h2>All results</h2>
    <div class="gallery">${results.map((one) => html`<figure key=${one.name}>
      <a href=${one.url} download=${`${one.name.replaceAll(" ", "-")}.${suffixOf(one.mime)}`}><img class="chequered" src=${one.url} alt=${`${one.name}, to be saved`} /></a>
      <figcaption><b>${one.name}</b> ${one.width} × ${one.height}, ${one.format} ${bytes(one.bytes)}</figcaption></figure>`)}</div>
  </section>`;
}
