// The result against the original, what it weighs and how long it took, and
// what is set on the picture itself: crop, focal point, place of a layer.
import { state, change, subscribe as onChange } from "./state.js";
import { subscribe as onRender, ask } from "./render.js";
import { sizeOf, typeName } from "./pictures.js";
import { timing } from "./timing.js";
import { cropper, zones, focus } from "./onpicture.js";

const margin = 16;    // around the picture, in the view
const enlarge = 2;    // small results are shown at most so much larger,
const atLeast = 280;  // or so wide

let view, canvas, note, tabs, actual, facts, empty, time;
let mode = "compare", before = "compare", zoomed = false, divider = 50;
let result = null, kept = null, refusal = null, tool = null, basis = null;

export function mount(section) {
  section.innerHTML = `
    <div class="stage-bar">
      <div class="tabs" role="group" aria-label="Show">
        <button type="button" data-mode="compare">Compare</button>
        <button type="button" data-mode="result">Result</button>
        <button type="button" data-mode="original">Original</button>
        <button type="button" data-mode="adjust" class="stage-adjust"></button>
      </div>
      <p class="stage-facts" aria-live="polite"></p>
    </div>
    <div class="stage-view">
      <p class="stage-empty"></p>
      <div class="stage-canvas"></div>
      <div class="stage-busy" aria-hidden="true"></div>
      <button type="button" class="stage-actual" aria-pressed="false" title="One pixel of the picture is one of the screen"><span></span></button>
      <div class="stage-note" role="alert" hidden></div>
    </div>
    <div class="stage-foot"></div>`;
  const $ = (name) => section.querySelector(name);
  view = $(".stage-view"), canvas = $(".stage-canvas"), note = $(".stage-note"), empty = $(".stage-empty");
  actual = $(".stage-actual"), facts = $(".stage-facts"), time = timing($(".stage-foot"));
  tabs = [...section.querySelectorAll("[data-mode]")];

  for (const tab of tabs) tab.addEventListener("click", () => show(tab.dataset.mode));
  actual.addEventListener("click", () => {
    zoomed = !zoomed;
    lay();
  });
  // The last frame's sizes do, until the next one.
  new ResizeObserver(() => requestAnimationFrame(lay)).observe(view);
  onChange(changed);
  onRender(rendered);
  choose();
  lay();
}

function changed(_, fields) {
  if (fields.has("selected") || fields.has("edits") || fields.has("key") || fields.has("picture")) choose();
  if (fields.has("key")) divider = 50;
  if (fields.has("picture") || fields.has("key")) lay();
  if (fields.has("picture")) tell();
}

function rendered(event) {
  view.classList.toggle("busy", event.kind === "busy");
  view.setAttribute("aria-busy", String(event.kind === "busy"));
  if (event.kind === "busy") return;
  refusal = event.kind === "refused" ? event : null;
  if (event.kind === "result") result = event;
  complain();
  tell();
  if (event.kind === "result") time(event);
  lay();
}

// original is the picture that the result is made from: for a moment, the state
// has another one already.
function original() {
  if (!result || state.picture?.key === result.question.key) kept = state.picture;
  return kept;
}

function complain() {
  note.hidden = !refusal;
  view.classList.toggle("refused", Boolean(refusal));
  note.replaceChildren();
  if (!refusal) return;
  const { problem, status, passing } = refusal;
  const head = document.createElement("strong");
  head.textContent = [problem.title ?? "Refused", status || ""].join(" ").trim();
  note.append(head);
  for (const line of problem.faults?.map((f) => `${f.path}: ${f.message}`) ?? [problem.detail ?? problem.message ?? ""]) {
    const p = document.createElement("p");
    p.textContent = line;
    note.append(p);
  }
  if (passing) note.lastChild.append(" It is asked again.");
}

function show(to) {
  mode = to;
  if (to !== "adjust") before = to;
  lay();
}

// choose finds what the selected edit lets one set on the picture.
function choose() {
  const edit = state.edits.find((e) => e.id === state.selected && !e.off);
  const kinds = { crop: ["Crop", cropper], resize: ["Focal point", focus], text: ["Place", zones], image: ["Place", zones] };
  let kind = edit && kinds[edit.name];
  if (edit?.name === "image" && edit.value?.tile) kind = null;
  const [title, make] = kind ?? [];
  const tab = tabs.find((t) => t.dataset.mode === "adjust");
  if (!kind) {
    tool = null;
    basis = null;
    tab.textContent = "";
    tab.hidden = true;
    if (mode === "adjust") show(before);
    return;
  }
  tab.hidden = false;
  tab.textContent = title;
  if (tool?.id !== edit.id) {
    tool = { id: edit.id, title, name: edit.name, on: make({ id: edit.id, edit: () => state.edits.find((e) => e.id === edit.id), set: (value, merge) => write(edit.id, value, merge) }) };
    basis = null;
    // The focal point matters to few who open a resize, the rest is why one opens it.
    if (edit.name !== "resize") mode = "adjust";
    lay();
  }
  input();
  tool.on.update();
}

function write(id, patch, merge) {
  change({ edits: state.edits.map((e) => e.id === id ? { ...e, value: { ...e.value, ...patch } } : e) }, { merge: merge && `${merge}:${id}` });
}

// input gets the picture that the edit gets: what crop and position speak of.
async function input() {
  if (!tool || tool.name === "text" || tool.name === "image") return;
  const at = state.edits.findIndex((e) => e.id === tool.id);
  const earlier = state.edits.slice(0, at).filter((e) => !e.off && e.name !== "text" && e.name !== "image").map((e) => ({ [e.name]: e.value }));
  const question = JSON.stringify([state.key, earlier]);
  if (basis?.question === question) return;
  const old = basis;
  const mine = basis = { question, url: old?.url, width: old?.width ?? 0, height: old?.height ?? 0 };
  if (!earlier.length) {
    if (state.picture) Object.assign(mine, { url: state.picture.url, width: state.picture.width, height: state.picture.height });
    else basis = null;
    return lay();
  }
  try {
    const { url } = await ask("/playground/sign", { key: state.key, edits: earlier });
    const img = await load(url);
    if (basis === mine) Object.assign(mine, { url, width: img.naturalWidth, height: img.naturalHeight });
  } catch {
    if (basis === mine) basis = null; // the result tells what is wrong
  }
  lay();
}

async function load(url) {
  const img = new Image();
  img.src = url;
  await img.decode();
  return img;
}

// The picture.

// lay puts what the mode shows into the view. The view's size never depends on
// it, so nothing else moves.
function lay() {
  const p = original();
  if (mode === "adjust" && !tool) mode = before;
  for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.mode === mode));
  actual.setAttribute("aria-pressed", String(zoomed));
  const room = { width: view.clientWidth - 2 * margin, height: view.clientHeight - 2 * margin };
  if (room.width <= 0) return;
  const whole = p && { url: p.url, width: p.width, height: p.height, title: "Original" };
  const made = result && { url: result.blobURL, width: result.width, height: result.height, title: "Result" };
  let frames = [];
  if (mode === "adjust" && (tool.name === "text" || tool.name === "image")) frames = made ? [made] : [];
  else if (mode === "adjust") frames = basis?.url ? [{ ...basis, title: tool.title }] : [];
  else if (mode === "original") frames = whole ? [whole] : [];
  else if (mode === "result" || !whole) frames = made ? [made] : [];
  else if (made) frames = [whole, made];
  else frames = refusal ? [whole] : []; // the result goes first
  empty.textContent = state.key ? "Waiting for the picture…" : "The sample pictures are being drawn, once. You can choose one of your own.";
  empty.hidden = frames.length > 0 || Boolean(refusal);
  const over = frames.length === 2 && sameShape(...frames);

  let scale, direction = "row";
  const fit = (f, w, h) => Math.min(w / f.width, h / f.height);
  const most = (f) => Math.max(enlarge, atLeast / f.width);
  if (frames.length === 2 && !over) {
    // Side by side, or one above the other: what leaves them larger.
    const half = (room.width - margin) / 2, low = (room.height - margin) / 2;
    const row = frames.map((f) => fit(f, half, room.height)), column = frames.map((f) => fit(f, room.width, low));
    direction = Math.min(...frames.map((f, i) => row[i] * f.width * row[i] * f.height)) >= Math.min(...frames.map((f, i) => column[i] * f.width * column[i] * f.height)) ? "row" : "column";
    const by = direction === "row" ? row : column;
    scale = frames.map((f, i) => Math.min(by[i], most(f)));
  } else {
    const last = frames.at(-1);
    scale = last ? frames.map(() => Math.min(fit(last, room.width, room.height), most(last))) : [];
  }
  if (zoomed) scale = scale.map(() => 1 / devicePixelRatio);
  canvas.classList.toggle("zoomed", zoomed);
  // To be scrolled by keys, it needs the focus, and with that a name.
  for (const [name, value] of Object.entries({ tabindex: 0, role: "region", "aria-label": "Picture at its full size" })) {
    if (zoomed) canvas.setAttribute(name, value);
    else canvas.removeAttribute(name);
  }
  const shape = [mode, over, frames.map((f) => f.title), tool?.id].join();
  if (canvas.dataset.shape !== shape) {
    canvas.dataset.shape = shape;
    canvas.replaceChildren(...(over ? [comparer()] : frames.map(framed)));
    if (mode === "adjust" && canvas.firstChild) {
      canvas.firstChild.append(tool.on.element);
      canvas.firstChild.classList.add("stage-tooled");
      canvas.firstChild.querySelector(".stage-title").hidden = true;
    }
  }
  const images = [...canvas.querySelectorAll("img.stage-picture")];
  for (const [i, f] of frames.entries()) {
    const img = images[i];
    if (img.getAttribute("src") !== f.url) img.src = f.url;
    img.alt = describe(f);
  }
  put(over ? [frames[1]] : frames, scale, direction);
  if (mode === "adjust" && frames[0]) tool.on.place(frames[0], scale[0]);
  const zoom = scale.at(-1) * devicePixelRatio * 100;
  actual.hidden = !frames.length || !Number.isFinite(zoom);
  actual.firstChild.textContent = zoomed ? "Fit" : `${zoom.toFixed(zoom < 10 ? 1 : 0)} %, show 1:1`;
}

// put gives the boxes their sizes and places, around the middle of the canvas.
// They are moved by transforms, which no layout shift counts.
function put(sizes, scale, direction) {
  const boxes = [...canvas.children].map((box, i) => ({ box, width: Math.round(sizes[i].width * scale[i]), height: Math.round(sizes[i].height * scale[i]) }));
  const along = direction === "row" ? "width" : "height";
  const whole = boxes.reduce((all, b) => all + b[along], margin * (boxes.length - 1));
  const middle = { width: view.clientWidth / 2, height: view.clientHeight / 2 };
  let from = Math.max(zoomed ? margin : 0, middle[along] - whole / 2);
  for (const { box, ...b } of boxes) {
    const at = Object.fromEntries(["width", "height"].map((side) => [side, Math.round(side === along ? from : Math.max(zoomed ? margin : 0, middle[side] - b[side] / 2))]));
    from += b[along] + margin;
    box.style.width = `${b.width}px`;
    box.style.height = `${b.height}px`;
    box.style.transform = `translate(${at.width}px, ${at.height}px)`;
  }
}

function describe(f) {
  const name = state.picture?.name ?? "picture";
  return f.title === "Result" ? `Result, ${f.width} by ${f.height}` : `Original, ${name}`;
}

// sameShape says whether laying one over the other compares like with like.
function sameShape(original, made) {
  const turns = ["crop", "trim", "extend"];
  if (state.edits.some((e) => !e.off && (turns.includes(e.name) || e.name === "rotate" && e.value?.angle % 360))) return false;
  return Math.abs(made.width - made.height * original.width / original.height) <= Math.max(1.5, made.width / 100);
}

function framed(f) {
  const figure = document.createElement("div");
  figure.className = "stage-frame";
  figure.append(picture(), title(f.title));
  return figure;
}

function picture(name = "") {
  const img = new Image();
  img.className = `stage-picture ${name}`;
  img.decoding = "async";
  img.draggable = false;
  img.addEventListener("load", () => img.parentElement?.classList.add("checker"));
  img.addEventListener("error", () => again(img), { once: true });
  return img;
}

// again asks once more for what a busy server has refused.
function again(img) {
  const src = img.src;
  setTimeout(() => {
    if (img.src !== src) return;
    img.removeAttribute("src");
    img.src = src;
  }, 2000);
}

function title(text, side = "left") {
  const span = document.createElement("span");
  span.className = `stage-title ${side}`;
  span.textContent = text;
  span.setAttribute("aria-hidden", "true"); // the picture's alt says it
  return span;
}

// comparer is the original under the left part, the result under the right
// part, and the divider between them.
function comparer() {
  const box = document.createElement("div"), handle = document.createElement("div");
  box.className = "stage-frame stage-compare";
  handle.className = "stage-divider";
  handle.tabIndex = 0;
  for (const [name, value] of Object.entries({ role: "slider", "aria-label": "Divider between original and result", "aria-valuemin": 0, "aria-valuemax": 100 })) handle.setAttribute(name, value);
  box.append(picture("before"), picture("after"), title("Original"), title("Result", "right"), handle);
  const set = (to) => {
    divider = Math.min(100, Math.max(0, to));
    box.style.setProperty("--at", divider);
    handle.setAttribute("aria-valuenow", Math.round(divider));
    handle.setAttribute("aria-valuetext", `${Math.round(divider)} % original`);
  };
  set(divider);
  const move = (e) => {
    const r = box.getBoundingClientRect();
    set((e.clientX - r.left) / r.width * 100);
  };
  box.addEventListener("pointerdown", (e) => {
    if (e.button) return;
    e.preventDefault();
    handle.focus({ preventScroll: true });
    box.setPointerCapture(e.pointerId);
    move(e);
    box.onpointermove = move;
  });
  for (const type of ["pointerup", "pointercancel"]) box.addEventListener(type, () => { box.onpointermove = null; });
  handle.addEventListener("keydown", (e) => {
    const to = { ArrowLeft: divider - 2, ArrowDown: divider - 2, ArrowRight: divider + 2, ArrowUp: divider + 2, PageDown: divider - 10, PageUp: divider + 10, Home: 0, End: 100 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    set(to);
  });
  return box;
}

// What it weighs, and how long it took.

function tell() {
  const p = original();
  facts.replaceChildren();
  if (!result) return;
  const add = (name, text) => {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    facts.append(span);
  };
  add("stage-size", [result.width ? `${result.width} × ${result.height}` : "", typeName(result.type), sizeOf(result.bytes)].filter(Boolean).join(" · "));
  if (p?.bytes) {
    const part = (result.bytes / p.bytes - 1) * 100;
    const digits = part < -99 && part > -100 ? 1 : 0;
    add(part < 0 ? "stage-saved" : "stage-more", `${part < 0 ? "−" : "+"}${Math.abs(part).toFixed(digits)} %`);
    facts.title = `The original is ${sizeOf(p.bytes)}`;
  }
}
