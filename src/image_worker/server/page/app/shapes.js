// Buttons for what is easier drawn than typed, beside every field whose schema takes it.

import { html } from "./html.js";
import { chosen } from "./state.js";
import { draw } from "./sketch.js";
import { Icon } from "./icons.js";
import { alternatives } from "./schema.js";

const EDGES = ["left", "top", "right", "bottom"];
const WORDS = { box: "Draw box", polygon: "Draw polygon", point: "Point" };

// Edges lie anywhere on the picture, and even beside it; margins also go by these names.
function hasEdges({ properties = {} }) {
  if (!EDGES.every((name) => name in properties)) return false;
  return EDGES.every((name) => alternatives(properties[name]).some((part) => part.minimum < 0));
}

function shapesOf(parts) {
  return {
    box: parts.some(hasEdges),
    polygon: parts.some((part) => part.properties?.points),
    point: parts.some((part) => part.properties?.x && part.properties?.y && Object.keys(part.properties).length === 2),
  };
}

// For a value that may be a part or a point of the picture.
export function DrawValue({ name, parts, path, onChange }) {
  return html`<${Buttons} name=${name} shapes=${shapesOf(parts)} path=${path} done=${onChange} />`;
}

// For an object whose own fields are the edges of a box.
export function DrawFields({ schema, value, path, onChange }) {
  return html`<${Buttons} name="edges" shapes=${{ box: hasEdges(schema) }} path=${path} done=${(box) => onChange({ ...value, ...box })} />`;
}

function Buttons({ name, shapes, path, done }) {
  const wanted = Object.keys(WORDS).filter((shape) => shapes[shape]);
  if (wanted.length === 0 || !chosen.value) return null;
  return html`<div class="draws">${wanted.map((shape) => html`<button type="button" class="draw" key=${shape}
    aria-label=${`${WORDS[shape]}: ${name.replaceAll("_", " ")}`} onClick=${() => draw(shape, path, done)}><${Icon} name=${shape} />${WORDS[shape]}</button>`)}</div>`;
}
