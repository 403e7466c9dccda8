// Before and after: a slider between them, side by side, in turn, or only what differs; zoomed to
// single pixels; boxes are drawn on it.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import Panzoom from "panzoom";
import { Segments } from "./choice.js";
import { html } from "./html.js";
import { preview, slow } from "./preview.js";
import { Seen, SeenBar } from "./seen.js";
import { chosen } from "./state.js";
import { drawing, Sketch, SketchBar, trouble } from "./sketch.js";

const VIEWS = { slider: "Slider", side: "Side by side", flip: "In turn", difference: "Difference", after: "After" };
const OVERLAID = ["slider", "after"];

export const view = signal("slider");
const at = signal(50);
const before = signal(false);

export function Stage() {
  const { state, url, error } = preview.value;
  const original = chosen.value?.url;
  const shown = drawing.value ? "draw" : original ? view.value : "after";
  return html`
    <section class=${`stage view-${shown}`} aria-label="Picture" aria-busy=${slow.value}>
      ${drawing.value ? html`<${SketchBar} />` : html`<div class="bar">
        <${Segments} label="View" options=${VIEWS} value=${shown} onPick=${(name) => (view.value = name)} disabled=${(name) => !original && name !== "after"} />
        ${slow.value && html`<progress aria-label="Working"></progress>`}
      </div>`}
      ${state === "failed" && html`<p class="failed" role="alert">${error.message}</p>`}
      ${trouble.value && html`<p class="failed" role="alert">${trouble.value}</p>`}
      <${Zoom} key=${shown}><${Shown} shown=${shown} original=${original} url=${url} />${OVERLAID.includes(shown) && html`<${Seen} />`}<//>
      ${shown === "slider" && html`<input class="split" type="range" min="0" max="100" step="0.5" value=${at.value}
        aria-label="Where the result begins" onInput=${(event) => (at.value = Number(event.target.value))} />`}
      ${OVERLAID.includes(shown) && html`<${SeenBar} />`}
    </section>`;
}

function Shown({ shown, original, url }) {
  if (shown === "draw") return html`<${Sketch} />`;
  if (!url) return html`<p class="loading" aria-busy="true">Working</p>`;
  if (shown === "slider") return html`<${Slider} original=${original} url=${url} />`;
  if (shown === "difference")
    return html`<div class="differ"><img src=${original} alt="" /><img src=${url} alt="Difference" /></div>`;
  if (shown === "side")
    return html`<div class="pair"><figure><img src=${original} alt="Before" /><figcaption>Before</figcaption></figure>
      <figure><img src=${url} alt="After" /><figcaption>After</figcaption></figure></div>`;
  if (shown === "flip") {
    const word = before.value ? "Before" : "After";
    return html`<button type="button" class="turn" aria-label=${`${word}; show the other`} onClick=${() => (before.value = !before.value)}>
      <img src=${before.value ? original : url} alt="" /><span>${word}</span></button>`;
  }
  return html`<div class="single"><img src=${url} alt="Result" /></div>`;
}

function Slider({ original, url }) {
  const frame = useRef(null);
  useEffect(() => {
    frame.current.style.setProperty("--at", `${at.value}%`);
  }, [at.value]);
  return html`<div class="compare" ref=${frame}>
    <img class="under" src=${original} alt="Before" />
    <img class="over" src=${url} alt="After" />
  </div>`;
}

// The wheel zooms, dragging moves; + - 0 and the arrows do the same, 1 2 3 move the split.
const KEYS = {
  "+": (panzoom) => panzoom.zoomIn(),
  "=": (panzoom) => panzoom.zoomIn(),
  "-": (panzoom) => panzoom.zoomOut(),
  0: (panzoom) => panzoom.reset(),
  ArrowLeft: (panzoom) => panzoom.pan(PAN, 0, { relative: true }),
  ArrowRight: (panzoom) => panzoom.pan(-PAN, 0, { relative: true }),
  ArrowUp: (panzoom) => panzoom.pan(0, PAN, { relative: true }),
  ArrowDown: (panzoom) => panzoom.pan(0, -PAN, { relative: true }),
  1: () => (at.value = 100),
  2: () => (at.value = 50),
  3: () => (at.value = 0),
};
const PAN = 40;
const PIXELS_FROM = 3;

function Zoom({ children }) {
  const content = useRef(null);
  const tool = useRef(null);
  useEffect(() => {
    const place = content.current; // Panzoom tells of changes a moment later, when it may be gone
    const panzoom = (tool.current = Panzoom(place, { maxScale: 32, minScale: 0.25, cursor: "grab", canvas: true }));
    const frame = place.parentElement;
    const wheel = (event) => panzoom.zoomWithWheel(event);
    const keys = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
      event.preventDefault();
      KEYS[event.key](panzoom);
    };
    const pixels = () => place.classList.toggle("pixels", panzoom.getScale() > PIXELS_FROM);
    frame.addEventListener("wheel", wheel, { passive: false });
    frame.addEventListener("keydown", keys);
    place.addEventListener("panzoomchange", pixels);
    return () => {
      frame.removeEventListener("wheel", wheel);
      frame.removeEventListener("keydown", keys);
      panzoom.destroy();
    };
  }, []);
  useEffect(() => tool.current.setOptions({ disablePan: Boolean(drawing.value) }), [drawing.value]);
  return html`<div class="frame chequered" tabindex="0" role="group" aria-label="Picture: plus and minus zoom, arrows move, zero resets, 1 2 3 move the split">
    <div class="content" ref=${content}>${children}</div></div>`;
}
