// Small pictures on buttons; what they mean is said by the button's own name.

import { html } from "./html.js";

const PATHS = {
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  copy: "M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3z",
  remove: "M4 4l8 8M12 4l-8 8",
  add: "M8 3v10M3 8h10",
  box: "M3 4h10v8H3z",
  polygon: "M8 2.5l5.5 4.3-2 6.2h-7l-2-6.2z",
  point: "M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4M8 8h.01",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
  stop: "M4.5 4.5h7v7h-7z",
  load: "M8 2.5v7M4.5 6.5 8 10l3.5-3.5M3 13h10",
  open: "M6 3.5 10.5 8 6 12.5",
};

export function Icon({ name }) {
  return html`<svg class="glyph" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}

export function IconButton({ icon, label, ...rest }) {
  return html`<button type="button" class="icon" title=${label} aria-label=${label} ...${rest}><${Icon} name=${icon} /></button>`;
}
