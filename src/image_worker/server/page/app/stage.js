// Before and after: a slider between them, side by side, in turn, or only what differs; zoomed to
// single pixels; boxes are drawn on it.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import Panzoom from "panzoom";
import { html } from "./html.js";
import { preview, slow } from "./preview.js";
import { chosen } from "./state.js";
import { drawing, Sketch } from "./sketch.js";

const VIEWS = { slider: "Slider", side: "Side by side", flip: "In turn", difference: "Difference", after: "After" };

export const view = signal("slider");
const at = signal(50);
const before = signal(false);

export function Stage() {
  const { state, url, error } = preview.value;
  const original = chosen.value?.url;
  const shown = original ? view.value : "after";
  return html`
    <section class=${`stage view-${shown}`} aria-label="Picture" aria-busy=${slow.value}>
      <div class="bar">
        <div role="group" aria-label="View">
          ${Object.entries(VIEWS).map(([name, word]) => html`<button type="button" class=${shown === name ? "" : "outline secondary"}
            aria-pressed=${shown === name} disabled=${!original && name !== "after"} onClick=${() => (view.value = name)}>${word}</button>`)}
        </div>
        ${slow.value && html`<progress aria-label="Working"></progress>`}
      </div>
      ${state === "failed" && html`<p class="failed" role="alert">${error.message}</p>`}
      <${Zoom} key=${shown}>
        ${shown === "slider" && original && html`<${Slider} original=${original} url=${url} />`}
        ${shown === "side" && html`<div class="pair"><figure><img src=${original} alt="Before" /><figcaption>Before</figcaption></figure>
          <figure><img src=${url} alt="After" /><figcaption>After</figcaption></figure></div>`}
        ${shown === "flip" && html`<button type="button" class="turn" aria-label="Show the other" onClick=${() => (before.value = !before.value)}>
          <img src=${before.value ? original : url} alt=${before.value ? "Before" : "After"} /><span>${before.value ? "Before" : "After"}</span></button>`}
        ${shown === "difference" && html`<div class="differ"><img src=${original} alt="" /><img src=${url} alt="Difference" /></div>`}
        ${shown === "after" && html`<div class="single">${url && html`<img src=${url} alt="Result" />`}</div>`}
        ${drawing.value && html`<${Sketch} />`}
      <//>
      ${shown === "slider" && html`<input class="split" type="range" min="0" max="100" step="0.5" value=${at.value}
        aria-label="Where the result begins" onInput=${(event) => (at.value = Number(event.target.value))} />`}
    </section>`;
}

function Slider({ original, url }) {
  const frame = useRef(null);
  useEffect(() => {
    frame.current.style.setProperty("--at", `${at.value}%`);
  }, [at.value]);
  return html`<div class="compare" ref=${frame}>
    <img class="under" src=${original} alt="Before" />
    ${url && html`<img class="over" src=${url} alt="After" />`}
  </div>`;
}

// The wheel zooms, dragging moves; + - and 0 do the same.
function Zoom({ children }) {
  const content = useRef(null);
  const tool = useRef(null);
  useEffect(() => {
    const panzoom = (tool.current = Panzoom(content.current, { maxScale: 32, minScale: 0.25, cursor: "grab", canvas: true }));
    const frame = content.current.parentElement;
    const wheel = (event) => panzoom.zoomWithWheel(event);
    const keys = (event) => {
      if (event.key === "+") panzoom.zoomIn();
      else if (event.key === "-") panzoom.zoomOut();
      else if (event.key === "0") panzoom.reset();
    };
    const pixels = () => content.current.classList.toggle("pixels", panzoom.getScale() > 3);
    frame.addEventListener("wheel", wheel, { passive: false });
    frame.addEventListener("keydown", keys);
    content.current.addEventListener("panzoomchange", pixels);
    return () => {
      frame.removeEventListener("wheel", wheel);
      frame.removeEventListener("keydown", keys);
      panzoom.destroy();
    };
  }, []);
  useEffect(() => tool.current.setOptions({ disablePan: Boolean(drawing.value) }), [drawing.value]);
  return html`<div class="frame chequered" tabindex="0" role="group" aria-label="Zoom with plus and minus, reset with zero">
    <div class="content" ref=${content}>${children}</div></div>`;
}
