// What is known of the picture: size, saving, time, colours, metadata, likeness to the original.

import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { bytes } from "./files.js";
import { html } from "./html.js";
import { ask, preview } from "./preview.js";
import { chosen, recipe } from "./state.js";

const LIKENESS = { of: "output", want: [{ compare: {} }] };
const WANTED = ["histograms", "palette", "exif", "phash", "dhash", "blurhash", "brightness", "sharpness", "size", "format", "mode"];

const open = signal(false);
const measured = signal({}); // { facts, alike, problem }

let running = null;

// Measurements are asked for only while somebody looks at them.
export function follow() {
  effect(() => {
    const { state, blob } = preview.value;
    if (!open.value || state !== "ready" || !chosen.value) return;
    measure(blob, chosen.value);
  });
}

async function measure(blob, picture) {
  running?.abort();
  const { signal } = (running = new AbortController());
  const [facts, alike] = await Promise.allSettled([
    answer(`analyze?want=${WANTED.join(",")}`, { file: new File([blob], "result") }, {}, signal),
    answer("process", picture, { operations: recipe.peek().operations, analyze: LIKENESS, output: { format: "json" } }, signal),
  ]);
  if (signal.aborted) return;
  measured.value = { facts: facts.value?.analysis, alike: alike.value?.analysis?.compare, problem: facts.reason?.message };
}

async function answer(path, picture, job, signal) {
  return (await ask(path, picture, job, { signal })).json();
}

export function Facts() {
  const { state, blob, width, height, mime, milliseconds, timings, cache, warnings } = preview.value;
  if (!blob || state === "empty") return null;
  const size = chosen.value?.file?.size;
  const saved = size ? Math.round((blob.size / size - 1) * 100) : null;
  return html`<section class="facts" aria-label="Facts">
    <dl class="numbers">
      <div><dt>Size</dt><dd>${width ? `${width} × ${height}` : "–"}</dd></div>
      <div><dt>File</dt><dd>${bytes(blob.size)}${saved !== null && html` <span class=${saved <= 0 ? "good" : "more-bytes"}>${saved > 0 ? "+" : ""}${saved} %</span>`}</dd></div>
      <div><dt>Format</dt><dd>${(mime ?? "").replace("image/", "").toUpperCase()}</dd></div>
      <div><dt>Time</dt><dd title=${timings.map((span) => `${span.name} ${span.milliseconds} ms`).join(", ")}>${Math.round(milliseconds)} ms${cache === "hit" ? " (cache)" : ""}</dd></div>
    </dl>
    <p class="spans">${timings.filter((span) => span.milliseconds >= 0.05).map((span) => html`<span>${span.name} ${span.milliseconds.toFixed(1)} ms</span>`)}</p>
    ${warnings.map((warning) => html`<p class="warning">${warning.message}</p>`)}
    <details open=${open.value} onToggle=${(event) => (open.value = event.target.open)}>
      <summary>Colours, metadata, likeness</summary>
      <${Measured} ...${measured.value} />
    </details>
  </section>`;
}

function Measured({ facts, alike, problem }) {
  if (problem) return html`<p class="failed" role="alert">${problem}</p>`;
  if (!facts) return html`<p aria-busy="true">Measuring</p>`;
  const rows = Object.entries(facts).filter(([name, value]) => !["histograms", "palette", "exif"].includes(name) && typeof value !== "object");
  return html`
    ${facts.histograms && html`<${Histogram} bands=${facts.histograms} />`}
    ${facts.palette && html`<${Palette} palette=${facts.palette} />`}
    <table class="plain"><tbody>
      ${alike && Object.entries(alike).filter(([, value]) => typeof value === "number").map(([name, value]) => html`<tr><th scope="row">${name} to the original</th><td>${value.toFixed(4)}</td></tr>`)}
      ${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${shown(value)}</td></tr>`)}
      ${Object.entries(facts.exif ?? {}).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${shown(value)}</td></tr>`)}
    </tbody></table>`;
}

function shown(value) {
  return typeof value === "number" ? String(Math.round(value * 1000) / 1000) : typeof value === "object" ? JSON.stringify(value) : String(value);
}

const STROKES = { r: "#e5484d", g: "#30a46c", b: "#3e7bfa" };

function Histogram({ bands }) {
  const place = useRef(null);
  useEffect(() => {
    const names = Object.keys(bands);
    const levels = Array.from({ length: 256 }, (_, level) => level);
    const chart = new UPlot(
      {
        width: place.current.clientWidth || 280, height: 110, cursor: { show: true }, legend: { show: false },
        scales: { x: { time: false, range: [0, 255] } }, axes: [{ show: false }, { show: false }],
        series: [{}, ...names.map((name) => ({ stroke: STROKES[name] ?? "#888", width: 1.2, fill: `${STROKES[name] ?? "#888888"}22` }))],
      },
      [levels, ...names.map((name) => bands[name])],
      place.current,
    );
    return () => chart.destroy();
  }, [bands]);
  return html`<div class="histogram" ref=${place} role="img" aria-label="Histogram of the result's colours"></div>`;
}

function Palette({ palette }) {
  const colours = Array.isArray(palette) ? palette : (palette.colors ?? []);
  const ink = (one) => one.color ?? one.hex ?? one;
  return html`<div class="palette">${colours.map((one) => html`<${Swatch} color=${ink(one)} share=${one.share} />`)}</div>`;
}

function Swatch({ color, share }) {
  const place = useRef(null);
  useEffect(() => {
    place.current.style.background = color;
    if (share) place.current.style.flexGrow = share * 100;
  }, [color, share]);
  return html`<span class="swatch" ref=${place} title=${color}><span class="hidden">${color}</span></span>`;
}
