// What is set on the picture itself. Each of these makes
//   { element, place(frame, scale), update() }
// element covers the picture; place tells it the picture's size in pixels, and
// how large one of them is shown; update follows the state.

const corners = ["top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"];
const words = (position) => position.replace("-", " ").replace(/^./, (c) => c.toUpperCase());

function div(name, parent) {
  const e = document.createElement("div");
  e.className = name;
  parent?.append(e);
  return e;
}

// nine makes the grid of nine buttons.
function nine(name, label, pick) {
  const element = div(name);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  const buttons = corners.map((position) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "zone";
    b.dataset.position = position;
    b.setAttribute("aria-label", words(position));
    b.title = words(position);
    b.addEventListener("click", () => pick(position));
    b.addEventListener("keydown", (e) => {
      const i = corners.indexOf(position), x = i % 3, y = (i - x) / 3;
      const to = { ArrowLeft: x > 0 && i - 1, ArrowRight: x < 2 && i + 1, ArrowUp: y > 0 && i - 3, ArrowDown: y < 2 && i + 3 }[e.key];
      if (to === undefined) return;
      e.preventDefault();
      if (to !== false) buttons[to].focus();
    });
    element.append(b);
    return b;
  });
  return { element, press: (position) => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.position === position))) };
}

// zones are the nine places of a text or picture layer, over the result.
export function zones({ edit, set }) {
  const grid = nine("zones", "Place of the layer", (position) => set({ position }));
  return {
    element: grid.element,
    place() {},
    update() { grid.press(edit()?.value?.position ?? "bottom-right"); },
  };
}

// focus is what resize keeps of its input: a position, and the part of the
// picture that it leaves.
export function focus({ edit, set }) {
  const element = div("focus");
  const kept = div("focus-kept", element);
  const grid = nine("zones", "Focal point", (position) => set({ position }));
  element.append(grid.element);
  const clever = div("focus-clever", element);
  const chips = ["attention", "entropy"].map((position) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "chip";
    b.textContent = words(position);
    b.addEventListener("click", () => set({ position }));
    clever.append(b);
    return [position, b];
  });
  let frame = null, scale = 1;
  const update = () => {
    const value = edit()?.value ?? {}, position = value.position ?? "center";
    grid.press(position);
    for (const [name, b] of chips) b.setAttribute("aria-pressed", String(name === position));
    const i = corners.indexOf(position);
    const cuts = frame && value.width && value.height && (value.fit ?? "cover") === "cover";
    kept.hidden = !cuts || i < 0;
    if (kept.hidden) return;
    const by = Math.max(value.width / frame.width, value.height / frame.height);
    const w = Math.min(frame.width, value.width / by), h = Math.min(frame.height, value.height / by);
    Object.assign(kept.style, px({ left: (frame.width - w) * (i % 3) / 2 * scale, top: (frame.height - h) * Math.floor(i / 3) / 2 * scale, width: w * scale, height: h * scale }));
  };
  return { element, update, place(f, s) { [frame, scale] = [f, s]; update(); } };
}

const px = (rect) => Object.fromEntries(Object.entries(rect).map(([name, v]) => [name, `${v}px`]));

// cropper is a rectangle with handles, in pixels of the edit's input.
export function cropper({ edit, set }) {
  const element = div("crop"), body = div("crop-rect", element), label = div("crop-size", element);
  let frame = null, scale = 1;

  const read = () => {
    const v = edit()?.value ?? {}, n = (x, or) => Number.isFinite(x) ? x : or;
    const left = clamp(n(v.left, 0), 0, frame.width - 1), top = clamp(n(v.top, 0), 0, frame.height - 1);
    return { left, top, width: clamp(n(v.width, frame.width), 1, frame.width - left), height: clamp(n(v.height, frame.height), 1, frame.height - top) };
  };

  const update = () => {
    if (!frame) return;
    const r = read();
    const x = r.left * scale, y = r.top * scale, w = r.width * scale, tall = r.height * scale;
    Object.assign(body.style, { width: `${w}px`, height: `${tall}px`, transform: `translate(${x}px, ${y}px)` });
    label.textContent = `${r.width} × ${r.height}`;
    label.style.transform = `translate(${x + w / 2}px, ${y + tall - 12}px) translate(-50%, -100%)`;
    body.setAttribute("aria-label", `Crop rectangle, ${r.width} by ${r.height} at ${r.left}, ${r.top}. Arrow keys move it.`);
    for (const [name, h] of handles) {
      const column = name.includes("left") ? 0 : name.includes("right") ? 1 : .5, row = name.includes("top") ? 0 : name.includes("bottom") ? 1 : .5;
      h.style.transform = `translate(${x + w * column}px, ${y + tall * row}px)`;
      const [now, most] = { left: [r.left, frame.width], right: [r.left + r.width, frame.width], top: [r.top, frame.height], bottom: [r.top + r.height, frame.height] }[name] ?? [];
      if (now === undefined) continue;
      h.setAttribute("aria-valuenow", now);
      h.setAttribute("aria-valuemax", most);
    }
  };

  // apply moves the named sides by a distance in pixels.
  const apply = (r, sides, x, y) => {
    let { left, top, width, height } = r;
    if (sides === "all") {
      left = clamp(left + x, 0, frame.width - width);
      top = clamp(top + y, 0, frame.height - height);
    }
    if (sides.includes("left")) [left, width] = [clamp(left + x, 0, left + width - 1), left + width - clamp(left + x, 0, left + width - 1)];
    if (sides.includes("right")) width = clamp(width + x, 1, frame.width - left);
    if (sides.includes("top")) [top, height] = [clamp(top + y, 0, top + height - 1), top + height - clamp(top + y, 0, top + height - 1)];
    if (sides.includes("bottom")) height = clamp(height + y, 1, frame.height - top);
    const whole = { left: Math.round(left), top: Math.round(top) };
    whole.width = Math.min(Math.max(1, Math.round(width)), frame.width - whole.left);
    whole.height = Math.min(Math.max(1, Math.round(height)), frame.height - whole.top);
    return whole;
  };

  let drags = 0;
  const handle = (name, target) => {
    target.addEventListener("pointerdown", (e) => {
      if (e.button || !frame) return;
      e.preventDefault();
      e.stopPropagation();
      target.focus({ preventScroll: true });
      target.setPointerCapture(e.pointerId);
      const from = read(), x = e.clientX, y = e.clientY, merge = `crop ${++drags}`;
      target.onpointermove = (m) => set(apply(from, name, (m.clientX - x) / scale, (m.clientY - y) / scale), merge);
    });
    for (const type of ["pointerup", "pointercancel"]) target.addEventListener(type, () => { target.onpointermove = null; });
    target.addEventListener("keydown", (e) => {
      // One pixel of the screen, at least one of the picture.
      const step = Math.max(1, Math.round(1 / scale)) * (e.shiftKey ? 10 : 1);
      const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key];
      if (!by || !frame) return;
      e.preventDefault();
      set(apply(read(), name, ...by), `crop keys ${name}`);
    });
  };

  body.tabIndex = 0;
  body.setAttribute("role", "button");
  handle("all", body);
  const handles = ["left", "top", "right", "bottom", "top-left", "top-right", "bottom-left", "bottom-right"].map((name) => {
    const h = div(`crop-handle ${name}`, element), side = !name.includes("-");
    if (side) {
      h.tabIndex = 0;
      const upright = name === "top" || name === "bottom";
      for (const [k, v] of Object.entries({ role: "slider", "aria-label": `Crop, ${name} side`, "aria-valuemin": 0, "aria-valuenow": 0, "aria-orientation": upright ? "vertical" : "horizontal" })) h.setAttribute(k, v);
    }
    handle(name, h);
    return [name, h];
  });

  // Outside the rectangle a new one is begun.
  element.addEventListener("pointerdown", (e) => {
    if (e.button || !frame || e.target !== element) return;
    e.preventDefault();
    const box = element.getBoundingClientRect(), merge = `crop ${++drags}`;
    const at = (m) => [clamp((m.clientX - box.left) / scale, 0, frame.width), clamp((m.clientY - box.top) / scale, 0, frame.height)];
    const [x, y] = at(e);
    element.setPointerCapture(e.pointerId);
    element.onpointermove = (m) => {
      const [a, b] = at(m);
      if (Math.abs(a - x) < 4 / scale || Math.abs(b - y) < 4 / scale) return;
      set(apply({ left: Math.min(a, x), top: Math.min(b, y), width: Math.abs(a - x), height: Math.abs(b - y) }, "none", 0, 0), merge);
    };
  });
  for (const type of ["pointerup", "pointercancel"]) element.addEventListener(type, () => { element.onpointermove = null; });

  return { element, update, place(f, s) { [frame, scale] = [f, s]; update(); } };
}

const clamp = (v, least, most) => Math.min(Math.max(v, least), Math.max(least, most));
