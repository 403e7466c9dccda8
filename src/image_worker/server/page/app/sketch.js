// Drawing a box, a polygon or a point on the picture; the result is in shares of its sides.

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { html } from "./html.js";

// { shape: "box" | "polygon" | "point", done(value) } while somebody draws
export const drawing = signal(null);
const points = signal([]);

export function draw(shape, done) {
  points.value = [];
  drawing.value = { shape, done };
}

export function Sketch() {
  const board = useRef(null);
  const { shape, done } = drawing.value;
  const place = (event) => {
    const box = board.current.getBoundingClientRect();
    const share = (value) => Math.max(0, Math.min(100, value * 100));
    return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
  };
  const finish = (value) => {
    drawing.value = null;
    points.value = [];
    done(value);
  };
  const down = (event) => {
    event.stopPropagation();
    if (shape === "point") finish(`${percent(place(event)[0])} ${percent(place(event)[1])}`);
    else if (shape === "polygon") points.value = [...points.value, place(event)];
    else {
      board.current.setPointerCapture(event.pointerId);
      points.value = [place(event), place(event)];
    }
  };
  const move = (event) => {
    if (shape === "box" && points.value.length === 2) points.value = [points.value[0], place(event)];
  };
  const up = () => {
    if (shape === "box" && points.value.length === 2) finish(boxOf(points.value));
  };
  const close = () => points.value.length > 2 && finish({ points: points.value.map((pair) => pair.map(percent)) });
  return html`<svg class="sketch" ref=${board} viewBox="0 0 100 100" preserveAspectRatio="none" aria-label="Draw here"
      onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onDblClick=${close}>
    ${shape === "polygon" && html`<polyline points=${points.value.map((pair) => pair.join(",")).join(" ")} />`}
    ${shape === "box" && points.value.length === 2 && html`<${Box} corners=${points.value} />`}
  </svg>`;
}

function Box({ corners: [[left, top], [right, bottom]] }) {
  return html`<rect x=${Math.min(left, right)} y=${Math.min(top, bottom)} width=${Math.abs(right - left)} height=${Math.abs(bottom - top)} />`;
}

function boxOf([[x1, y1], [x2, y2]]) {
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)];
  const [top, bottom] = [Math.min(y1, y2), Math.max(y1, y2)];
  return { left: percent(left), top: percent(top), right: percent(right), bottom: percent(bottom) };
}

function percent(value) {
  return `${Math.round(value * 10) / 10}%`;
}
