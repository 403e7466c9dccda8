// Drawing a box, a polygon or a point on the picture as it comes into the step; the result is in
// shares of its sides. A pointer draws, and so do the arrow keys with Enter.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { pictureBefore } from "./preview.js";

// { shape: "box" | "polygon" | "point", done(value), url, width, height } while somebody draws
export const drawing = signal(null);
const corners = signal([]); // in pixels of the picture
const cursor = signal([0, 0]);

const STEP = 0.01;
const LARGE_STEP = 0.1;
const ENOUGH = { box: 2, point: 1, polygon: Infinity };
const HOW = {
  box: "Drag a box, or move with the arrow keys and press Enter at two corners.",
  polygon: "Click the corners, or move with the arrow keys and press Enter at each; then Done.",
  point: "Click the point, or move with the arrow keys and press Enter.",
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const trouble = signal("");

export async function draw(shape, path, done) {
  try {
    const picture = await loaded(await pictureBefore(path));
    const { naturalWidth: width, naturalHeight: height, src: url } = picture;
    corners.value = [];
    cursor.value = [width / 2, height / 2];
    trouble.value = "";
    drawing.value = { shape, done, url, width, height };
  } catch (error) {
    trouble.value = error.message;
  }
}

function loaded(url) {
  return new Promise((done, failed) => {
    const picture = new Image();
    picture.onload = () => done(picture);
    picture.onerror = () => failed(new Error("This browser cannot show the picture to draw on."));
    picture.src = url;
  });
}

function stop() {
  drawing.value = null;
}

function add(corner) {
  corners.value = [...corners.value, corner];
  if (corners.value.length >= ENOUGH[drawing.value.shape]) finish();
}

function finish() {
  const { shape, done, width, height } = drawing.value;
  const shares = corners.value.map(([x, y]) => [percent(x / width), percent(y / height)]);
  stop();
  if (shape === "point") done({ x: shares[0][0], y: shares[0][1] });
  else if (shape === "polygon") done({ points: shares });
  else done(edges(shares));
}

function edges(shares) {
  const [left, right] = shares.map(([x]) => x).sort((a, b) => parseFloat(a) - parseFloat(b));
  const [top, bottom] = shares.map(([, y]) => y).sort((a, b) => parseFloat(a) - parseFloat(b));
  return { left, top, right, bottom };
}

function percent(share) {
  return `${Math.round(share * 1000) / 10}%`;
}

export function SketchBar() {
  const { shape } = drawing.value;
  return html`<div class="bar"><p class="how">${HOW[shape]}</p>
    ${shape === "polygon" && html`<button type="button" disabled=${corners.value.length < 3} onClick=${finish}>Done</button>`}
    <button type="button" class="outline secondary" onClick=${stop}>Cancel</button></div>`;
}

export function Sketch() {
  const board = useRef(null);
  const { shape, url, width, height } = drawing.value;
  useEffect(() => board.current.focus(), []);
  const inside = (value, most) => Math.max(0, Math.min(most, value));
  const place = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(board.current.getScreenCTM().inverse());
    return [inside(at.x, width), inside(at.y, height)];
  };
  const down = (event) => {
    event.preventDefault();
    board.current.focus();
    board.current.setPointerCapture(event.pointerId);
    cursor.value = place(event);
    add(cursor.value);
  };
  const move = (event) => (cursor.value = place(event));
  const up = (event) => {
    // A box that was dragged ends where the pointer is let go; a mere click waits for the second.
    if (!drawing.value || shape !== "box" || corners.value.length !== 1) return;
    const [[x, y], [toX, toY]] = [corners.value[0], place(event)];
    if (Math.abs(toX - x) > width * STEP && Math.abs(toY - y) > height * STEP) add([toX, toY]);
  };
  const press = (event) => {
    const direction = ARROWS[event.key];
    const step = event.shiftKey ? LARGE_STEP : STEP;
    if (direction) cursor.value = [inside(cursor.value[0] + direction[0] * step * width, width), inside(cursor.value[1] + direction[1] * step * height, height)];
    else if (event.key === "Enter" || event.key === " ") add(cursor.value);
    else if (event.key === "Escape") stop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<svg class="sketch" ref=${board} tabindex="0" role="application" aria-label=${HOW[shape]} viewBox=${`0 0 ${width} ${height}`}
      onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onKeyDown=${press}>
    <image href=${url} width=${width} height=${height} />
    <${Shape} shape=${shape} corners=${[...corners.value, cursor.value]} />
    <${Cross} at=${cursor.value} size=${Math.max(width, height) / 40} />
  </svg>`;
}

function Shape({ shape, corners }) {
  if (shape === "polygon") return html`<polygon points=${corners.map((pair) => pair.join(",")).join(" ")} />`;
  if (shape !== "box" || corners.length < 2) return null;
  const [[x1, y1], [x2, y2]] = corners;
  return html`<rect x=${Math.min(x1, x2)} y=${Math.min(y1, y2)} width=${Math.abs(x1 - x2)} height=${Math.abs(y1 - y2)} />`;
}

function Cross({ at: [x, y], size }) {
  const d = `M${x - size} ${y}h${2 * size}M${x} ${y - size}v${2 * size}`;
  return html`<path class="halo" d=${d} /><path d=${d} />`;
}
