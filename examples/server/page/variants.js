// One picture in, every variant out: eight of them in a strip, made when they
// come into view. Each can be taken into the editor.
import { state, change, subscribe } from "./state.js";
import { ask, picture } from "./render.js";
import { sizeOf } from "./pictures.js";

const white = "#ffffff";
const variants = [
  ["Thumbnail", [{ resize: { width: 200, height: 150 } }]],
  ["Card", [{ resize: { width: 800, height: 600 } }]],
  ["Hero", [{ resize: { width: 1600, height: 640 } }]],
  ["Square on white", [{ resize: { width: 600, height: 600, fit: "contain", background: white } }]],
  ["Portrait by attention", [{ resize: { width: 480, height: 640, position: "attention" } }]],
  ["Avatar by attention", [{ resize: { width: 256, height: 256, position: "attention" } }]],
  ["Mirrored JPEG", [{ resize: { width: 800 } }, { flop: true }], { format: "jpeg", quality: 80, progressive: true }],
  ["Watermark", [{ resize: { width: 1200, height: 630 } }, { text: { text: "© Acme Inc", fontSize: 40, color: white, opacity: 0.8, position: "bottom-right", padding: 32 } }]],
];

let figures = [], made = "", abort = null, seen = false, urls = [];

export function mount(section) {
  const strip = document.createElement("div");
  strip.className = "variants";
  for (const [name, edits, output = {}] of variants) {
    const tile = document.createElement("button");
    tile.type = "button";
    tile.className = "variant";
    tile.innerHTML = `<span class="variant-frame"><img class="checker" alt="" hidden></span><strong></strong><span class="variant-size">…</span>`;
    tile.querySelector("strong").textContent = name;
    tile.addEventListener("click", () => {
      change({ edits: edits.map(named), output: { ...output } });
      document.getElementById("stage").scrollIntoView({ block: "nearest" });
    });
    strip.append(tile);
    figures.push(tile);
  }
  section.append(strip);
  section.insertAdjacentHTML("beforeend", `<p class="note">Each is one signed URL of the same original. Choose one to edit it.</p>`);
  new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting;
    make();
  }, { rootMargin: "200px" }).observe(section);
  subscribe((_, changed) => changed.has("key") && make());
}

const named = (edit) => {
  const [[name, value]] = Object.entries(edit);
  return { name, value: structuredClone(value) };
};

// make fetches the variants of the picture, two at a time: the editor goes
// first.
async function make() {
  if (!seen || !state.key || state.key === made) return;
  abort?.abort();
  abort = new AbortController();
  const { signal } = abort, key = made = state.key;
  const left = [...variants.entries()];
  for (const url of urls.splice(0)) URL.revokeObjectURL(url);
  for (const tile of figures) {
    tile.querySelector("img").hidden = true;
    tile.querySelector(".variant-size").textContent = "…";
  }
  const work = async () => {
    for (let next; (next = left.shift());) {
      const [i, [name, edits, output]] = next;
      await fill(figures[i], name, { key, edits, ...(output && { output }) }, signal);
    }
  };
  await Promise.all([work(), work()]);
  if (signal.aborted && made === key) made = "";
}

async function fill(tile, name, question, signal) {
  const size = tile.querySelector(".variant-size"), img = tile.querySelector("img");
  try {
    const { url } = await ask("/playground/sign", question, { signal });
    const got = await picture(url, { signal, cache: "default" });
    const source = URL.createObjectURL(got.body);
    urls.push(source);
    img.src = source;
    await img.decode();
    if (signal.aborted) return;
    img.hidden = false;
    size.textContent = `${img.naturalWidth} × ${img.naturalHeight}\n${sizeOf(got.bytes)}`;
    tile.title = "Edit it";
  } catch (err) {
    if (!signal.aborted) size.textContent = err.message;
  }
}
