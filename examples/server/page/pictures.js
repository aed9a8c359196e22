// The original: one of the samples, or a picture of one's own, which goes up
// by a presigned URL.
import { state, change, begin, subscribe } from "./state.js";
import { ask, settled, picture as fetchPicture } from "./render.js";

const firstEdits = [{ name: "resize", value: { width: 1200 } }];
const types = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif", tiff: "image/tiff", avif: "image/avif", heif: "image/heif", jp2: "image/jp2", svg: "image/svg+xml" };

let strip, tiles, file, drop, progress, status;
let samples = [], own = [], thumbs = new Map(), uploading = null;

export function mount(section) {
  section.innerHTML = `
    <div class="pictures">
      <div class="pictures-tiles" role="group" aria-label="Originals"></div>
      <div class="pictures-drop">
        <input id="file" class="visually-hidden" type="file" accept="image/*">
        <label for="file"><strong>Choose a picture</strong><span>or drop or paste one</span></label>
        <progress max="1" value="0" aria-label="Upload" hidden></progress>
      </div>
    </div>
    <p class="pictures-status" role="status"></p>`;
  strip = section.querySelector(".pictures");
  tiles = section.querySelector(".pictures-tiles");
  drop = section.querySelector(".pictures-drop");
  file = section.querySelector("input");
  progress = section.querySelector("progress");
  status = section.querySelector(".pictures-status");

  file.addEventListener("change", () => file.files[0] && send(file.files[0]));
  listen();
  own = remembered();
  subscribe((_, changed) => {
    if (changed.has("key")) look();
    if (changed.has("key") || changed.has("picture")) draw();
  });
  if (state.key) look();
  else begin({ edits: firstEdits });
  draw();
  load().catch((err) => say(err.message, true));
}

// listen takes what is dropped or pasted anywhere on the page.
function listen() {
  let depth = 0; // dragenter and dragleave come for every element passed
  const over = (by) => drop.classList.toggle("over", (depth = Math.max(0, by ? depth + by : 0)) > 0);
  const files = (e) => e.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (e) => files(e) && over(1));
  addEventListener("dragleave", (e) => files(e) && over(-1));
  addEventListener("dragover", (e) => files(e) && e.preventDefault());
  addEventListener("drop", (e) => {
    if (!files(e)) return; // an edit that is being moved
    e.preventDefault();
    over(0);
    if (e.dataTransfer.files[0]) send(e.dataTransfer.files[0]);
  });
  addEventListener("paste", (e) => {
    const pasted = [...(e.clipboardData?.files ?? [])].find((f) => f.type.startsWith("image/"));
    if (!pasted) return;
    e.preventDefault();
    send(pasted);
  });
}

// load asks for the samples until the server has drawn them all.
async function load() {
  for (;;) {
    let list = [];
    try {
      const answer = await ask("/playground/samples", {});
      list = Array.isArray(answer) ? answer : answer.samples ?? [];
    } catch (err) {
      if (!state.key) say(err.message, true);
      await pause(2000);
      continue;
    }
    samples = list;
    draw();
    const first = samples.find((s) => s.ready !== false);
    if (!state.key && first) begin({ key: first.key });
    if (samples.every((s) => s.ready !== false)) return;
    if (!state.key) say("Drawing the sample pictures, once…");
    await pause(250);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// look finds out what is known about the picture that the state names.
async function look() {
  const key = state.key;
  if (!key) return;
  try {
    const about = await metadata(key);
    // JPEG is made quickly, and only a look at the original is wanted here.
    const output = { format: about.hasAlpha ? "webp" : "jpeg", quality: 92 };
    const preview = await signed({ key, edits: [{ resize: { width: 1600, height: 1600, fit: "inside" } }], output });
    if (key !== state.key) return;
    change({ picture: {
      key,
      name: nameOf(key),
      width: about.orientedWidth ?? about.width,
      height: about.orientedHeight ?? about.height,
      bytes: about.size,
      type: types[about.format] ?? `image/${about.format}`,
      alpha: about.hasAlpha,
      url: preview,
    } });
    if (!samples.some((s) => s.key === key) && !own.includes(key)) {
      own = [key, ...own].slice(0, 4);
      remember();
    }
    draw();
  } catch (err) {
    if (key === state.key) say(err.message, true);
  }
}

async function metadata(key) {
  const { body } = await fetchPicture(await signed({ key, metadata: true }), { cache: "default" });
  return JSON.parse(await body.text());
}

async function signed(question) {
  return (await ask("/playground/sign", question)).url;
}

function draw() {
  const keys = [...samples.map((s) => s.key), ...own.filter((key) => !samples.some((s) => s.key === key))];
  for (const tile of [...tiles.children]) {
    if (!keys.includes(tile.dataset.key)) tile.remove();
  }
  for (const [i, key] of keys.entries()) {
    let tile = [...tiles.children].find((t) => t.dataset.key === key);
    const sample = samples.find((s) => s.key === key);
    const name = sample?.title ?? nameOf(key);
    if (!tile) {
      tile = document.createElement("button");
      tile.type = "button";
      tile.className = "pictures-tile";
      tile.dataset.key = key;
      tile.append(Object.assign(new Image(), { alt: "" })); // the button has the name
      tile.addEventListener("click", () => key !== state.key && change({ key }));
    }
    if (tiles.children[i] !== tile) tiles.insertBefore(tile, tiles.children[i] ?? null);
    tile.setAttribute("aria-label", name);
    tile.title = name;
    tile.disabled = sample?.ready === false;
    const chosen = key === state.key;
    if (chosen && tile.getAttribute("aria-pressed") !== "true") tiles.scrollTo({ left: tile.offsetLeft + tile.offsetWidth - tiles.clientWidth });
    tile.setAttribute("aria-pressed", String(chosen));
    if (!tile.disabled && !thumbs.has(key)) thumb(key, tile);
  }
  if (uploading || !state.picture) return;
  const p = state.picture;
  const title = samples.find((s) => s.key === p.key)?.title ?? p.name;
  say([title, `${p.width} × ${p.height}`, typeName(p.type), sizeOf(p.bytes)].join(" · "));
}

async function thumb(key, tile) {
  thumbs.set(key, true);
  await settled;
  try {
    tile.firstChild.src = await signed({ key, edits: [{ resize: { width: 168, height: 112, fit: "cover" } }] });
    await tile.firstChild.decode();
    tile.classList.add("checker");
  } catch {
    // It has been deleted, or is no picture.
    if (own.includes(key) && key !== state.key) {
      own = own.filter((k) => k !== key);
      remember();
      tile.remove();
    }
  }
}

// send uploads the picture and makes it the original.
async function send(picture) {
  uploading?.abort();
  const request = uploading = new XMLHttpRequest(); // fetch does not tell how far it is
  progress.hidden = false;
  progress.value = 0;
  say(`Uploading ${picture.name}, ${sizeOf(picture.size)}…`);
  try {
    const to = await ask("/playground/upload", { name: picture.name, contentType: picture.type, size: picture.size });
    if (uploading !== request) return;
    await put(request, to, picture);
    if (uploading !== request) return;
    uploading = null;
    change({ key: to.key });
  } catch (err) {
    if (uploading !== request) return;
    uploading = null;
    say(err.message, true);
  } finally {
    if (!uploading) progress.hidden = true;
    file.value = "";
  }
}

function put(request, to, picture) {
  return new Promise((done, fail) => {
    request.open(to.method, to.uploadUrl);
    for (const [name, value] of Object.entries(to.headers ?? {})) request.setRequestHeader(name, value);
    request.upload.onprogress = (e) => { if (e.lengthComputable) progress.value = e.loaded / e.total; };
    request.onload = () => request.status < 300 ? done() : fail(new Error(words(request)));
    request.onerror = () => fail(new Error("The connection broke while uploading."));
    request.onabort = () => fail(new Error("Another picture was chosen."));
    request.send(picture);
  });
}

function words(request) {
  try {
    const problem = JSON.parse(request.responseText);
    return problem.detail || problem.message || problem.title;
  } catch {
    return `The upload was refused (${request.status}).`;
  }
}

// The pictures of one's own that this tab has shown.

function remembered() {
  try {
    const list = JSON.parse(sessionStorage.getItem("pictures") ?? "[]");
    return Array.isArray(list) ? list.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}

function remember() {
  try {
    sessionStorage.setItem("pictures", JSON.stringify(own));
  } catch {
    // The list is a convenience.
  }
}

// nameOf is a key without its folder and without what an upload puts in front
// of the name.
function nameOf(key) {
  return key.slice(key.lastIndexOf("/") + 1).replace(/^[a-z2-7]{8}-(?=.)/, "");
}

export function typeName(type) {
  const name = type.replace(/^image\//, "").replace(/;.*/, "");
  return { jpeg: "JPEG", webp: "WebP", "svg+xml": "SVG" }[name] ?? name.toUpperCase();
}

export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(bytes < 1e4 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

function say(text, wrong = false) {
  status.textContent = text;
  status.title = text;
  status.classList.toggle("wrong", wrong);
}
