// What most sites need, one click each. A recipe sets the edits and shows the
// markup that goes with them. The markup follows what is edited afterwards.
import { state, change, question } from "./state.js";
import { subscribe as onRender, ask, picture } from "./render.js";
import { copyButton } from "./copy.js";
import { sizeOf } from "./pictures.js";

const recipes = [
  {
    name: "Responsive", sample: "samples/landscape.jpg",
    edits: [{ resize: { width: 1200 } }],
    why: "The browser takes the width that its window and screen need. Four URLs, one original.",
    show: responsive,
  },
  {
    name: "OG image", sample: "samples/landscape.jpg",
    edits: [
      { resize: { width: 1200, height: 630, fit: "cover" } },
      { text: { text: "Before the day begins", fontSize: 48, position: "bottom-left", color: "white", padding: 40 } },
    ],
    output: { format: "jpeg" },
    why: "The card that a shared link shows, with its title written on it. Change the text among the edits.",
    show: card,
  },
  {
    name: "Avatar", sample: "samples/portrait.jpg",
    edits: [{ resize: { width: 256, height: 256, fit: "cover", position: "attention" } }],
    why: "A square around what draws the eye: edges, skin, saturated colours.",
    show: avatar,
  },
  {
    name: "Gallery", sample: "samples/landscape.jpg",
    edits: [{ resize: { width: 300, height: 300 } }, { sharpen: 1 }],
    why: "The same edits for every picture of a list: here the samples, on a site those under gallery/.",
    show: gallery,
  },
  {
    name: "LQIP", sample: "samples/landscape.jpg",
    edits: [{ resize: { width: 1200 } }],
    why: "A blurred picture of under 1 kB stands in the page itself until the real one has come.",
    show: placeholder,
  },
  {
    name: "Product", sample: "samples/product.jpg",
    edits: [
      { trim: { threshold: 15 } },
      { normalize: { lower: 1, upper: 99 } },
      { resize: { width: 600, height: 600, fit: "contain", background: "#ffffff" } },
      { sharpen: 1 },
    ],
    why: "Whatever the border of the photograph, all products stand alike on a white square.",
    show: product,
  },
];

let panel, chips = [], active = null, turn = 0;

export function mount(section) {
  section.insertAdjacentHTML("beforeend", `<div class="row recipes" role="group" aria-label="Recipes"></div><div class="recipe" hidden></div>`);
  panel = section.querySelector(".recipe");
  for (const recipe of recipes) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = recipe.name;
    chip.setAttribute("aria-pressed", "false");
    chip.addEventListener("click", () => choose(active === recipe ? null : recipe));
    section.querySelector(".recipes").append(chip);
    chips.push(chip);
  }
  onRender((event) => event.kind === "result" && active && show(event));
}

function choose(recipe) {
  active = recipe;
  for (const [i, chip] of chips.entries()) chip.setAttribute("aria-pressed", String(recipes[i] === recipe));
  panel.hidden = !recipe;
  if (!recipe) return;
  panel.dataset.recipe = recipe.name; // whose demonstration has its place from the start
  panel.innerHTML = `<p class="note"></p><div class="recipe-demo"></div><div class="copy-bar"><h3>Its markup</h3></div><div class="snippet" tabindex="0" role="region" aria-label="Markup of the recipe"><pre><code></code></pre></div>`;
  panel.querySelector(".note").textContent = recipe.why;
  panel.querySelector(".copy-bar").append(copyButton(() => panel.querySelector("code").textContent, "Copy"));
  const before = JSON.stringify(question());
  change({
    ...(isSample(state.key) && { key: recipe.sample }),
    edits: recipe.edits.map((edit) => {
      const [[name, value]] = Object.entries(edit);
      return { name, value: structuredClone(value) };
    }),
    output: { ...recipe.output },
  });
  if (JSON.stringify(question()) === before && last) show(last); // nothing will be rendered
}

const isSample = (key) => !key || key.startsWith("samples/");

let last = null;
onRender((event) => { last = event.kind === "result" ? event : null; });

async function show(event) {
  const recipe = active, now = ++turn;
  const stale = () => now !== turn || recipe !== active;
  const demo = panel.querySelector(".recipe-demo");
  try {
    const made = await recipe.show(event);
    if (stale()) return;
    panel.querySelector("code").textContent = made.markup;
    demo.replaceChildren(...(made.demo ?? []));
  } catch (err) {
    if (stale()) return;
    panel.querySelector("code").textContent = "";
    const p = document.createElement("p");
    p.className = "error";
    p.textContent = err.message;
    demo.replaceChildren(p);
  }
}

// url signs what is shown, with changes.
async function url(changes) {
  return location.origin + (await ask("/playground/sign", { ...question(), ...changes })).url;
}

// at returns the edits with the first resize as wide as that, in proportion.
function at(width) {
  const { edits } = question();
  const i = edits.findIndex((edit) => edit.resize);
  if (i < 0) return [{ resize: { width } }, ...edits];
  const resize = { ...edits[i].resize };
  if (resize.height) resize.height = Math.max(1, Math.round(resize.height * width / resize.width));
  return edits.with(i, { resize: { ...resize, width } });
}

async function responsive(event) {
  const widths = [400, 800, 1200, 1600];
  const urls = await Promise.all(widths.map((width) => url({ edits: at(width) })));
  const strip = document.createElement("div");
  strip.className = "recipe-widths";
  for (const [i, width] of widths.entries()) {
    const bar = document.createElement("span");
    bar.textContent = `${width}w`;
    bar.style.width = `${width / 16}%`;
    strip.append(bar);
    picture(urls[i].slice(location.origin.length), { cache: "default" }).then((got) => { bar.textContent = `${width}w · ${sizeOf(got.bytes)}`; }, () => {});
  }
  return {
    markup: `<img
  src="${urls[1]}"
  srcset="${urls.map((u, i) => `${u} ${widths[i]}w`).join(",\n    ")}"
  sizes="(max-width: 1200px) 100vw, 1200px"
  width="${event.width}" height="${event.height}" alt="" loading="lazy">`,
    demo: [strip],
  };
}

async function card(event) {
  return { markup: `<meta property="og:image" content="${await url({})}">
<meta property="og:image:type" content="${event.type}">
<meta property="og:image:width" content="${event.width}">
<meta property="og:image:height" content="${event.height}">
<meta name="twitter:card" content="summary_large_image">` };
}

async function avatar(event) {
  const row = document.createElement("div");
  row.className = "row";
  for (const side of [128, 64, 40]) row.append(shown(event.blobURL, side, "recipe-round"));
  return {
    markup: `<img src="${await url({})}"
  width="128" height="128" alt="" style="border-radius: 50%">`,
    demo: [row],
  };
}

async function gallery(event) {
  let keys = [state.key];
  if (isSample(state.key)) {
    keys = (await ask("/playground/samples", {})).filter((s) => s.ready).map((s) => s.key);
  }
  const urls = await Promise.all(keys.map((key) => url({ key })));
  const grid = document.createElement("div");
  grid.className = "recipe-gallery";
  for (const u of urls) grid.append(shown(u, 300, "checker"));
  return {
    markup: `<ul class="gallery">
${urls.map((u) => `  <li><img src="${u}"
    width="${event.width}" height="${event.height}" alt="" loading="lazy"></li>`).join("\n")}
</ul>`,
    demo: [grid],
  };
}

// placeholder shows the fade, as a page would.
async function placeholder(event) {
  const small = await picture((await ask("/playground/sign", { key: state.key, edits: [{ resize: { width: 20 } }, { blur: 10 }] })).url);
  const data = await dataURL(small.body);
  const frame = document.createElement("div");
  frame.className = "recipe-fade";
  frame.style.aspectRatio = `${event.width} / ${event.height}`;
  frame.style.backgroundImage = `url("${data}")`;
  const img = shown(event.blobURL, 0, "");
  frame.append(img);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button";
  again.textContent = "Show the fade again";
  const play = () => {
    img.classList.remove("there");
    setTimeout(() => img.classList.add("there"), 700);
  };
  again.addEventListener("click", play);
  play();
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = `The placeholder has ${sizeOf(data.length)} in the page, the picture ${sizeOf(event.bytes)}.`;
  return {
    markup: `<div style="background: url(${data}) center / cover">
  <img src="${await url({})}"
    width="${event.width}" height="${event.height}" alt=""
    style="opacity: 0; transition: opacity .6s" onload="this.style.opacity = 1">
</div>`,
    demo: [frame, again, note],
  };
}

async function product(event) {
  const row = document.createElement("div");
  row.className = "recipe-before";
  row.append(captioned(state.picture?.url ?? event.blobURL, "As photographed"), captioned(event.blobURL, "In the shop"));
  return {
    markup: `<img src="${await url({})}"
  width="${event.width}" height="${event.height}" alt="" loading="lazy">`,
    demo: [row],
  };
}

function captioned(src, text) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = text;
  figure.append(shown(src, 0, ""), caption);
  return figure;
}

function shown(src, side, className) {
  const img = new Image();
  img.src = src;
  img.alt = "";
  img.className = className;
  if (side) img.width = img.height = side;
  return img;
}

function dataURL(blob) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => fail(new Error("The placeholder cannot be read."));
    reader.readAsDataURL(blob);
  });
}
