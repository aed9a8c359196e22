// The page holds no secret: the server that it came from signs for it, and
// answers nobody else.

const variants = [
  { title: "Thumbnail, 200 × 150", edits: [{ resize: { width: 200, height: 150 } }] },
  { title: "Card, 400 × 300", edits: [{ resize: { width: 400, height: 300 } }] },
  { title: "Page, 800 × 600", edits: [{ resize: { width: 800, height: 600 } }] },
  { title: "Square, the whole picture", edits: [{ resize: { width: 400, height: 400, fit: "contain", background: "#ffffff" } }] },
  { title: "Portrait, from the right", edits: [{ resize: { width: 300, height: 400, position: "right" } }] },
  { title: "Mirrored, as JPEG", edits: [{ resize: { width: 640 } }, { flop: true }], output: { format: "jpeg", quality: 80 } },
];

let shown = 0; // the latest rendering; older ones stop

const $ = (id) => document.getElementById(id);
const file = $("file"), drop = $("drop"), progress = $("progress"), pictures = $("pictures");

file.addEventListener("change", () => file.files[0] && show(file.files[0]));
for (const type of ["dragover", "dragleave", "drop"]) {
  addEventListener(type, (e) => {
    e.preventDefault();
    drop.classList.toggle("over", type === "dragover");
    if (type === "drop" && e.dataTransfer.files[0]) show(e.dataTransfer.files[0]);
  });
}
addEventListener("hashchange", render);
render();
count();

// show uploads the picture and puts its key into the address, so that a
// reload shows it again.
async function show(picture) {
  progress.hidden = false;
  progress.value = 0;
  say("Uploading " + picture.name);
  try {
    const to = await ask("/playground/upload", { name: picture.name, contentType: picture.type, size: picture.size });
    await upload(to, picture);
    location.hash = to.key.split("/").map(encodeURIComponent).join("/");
  } catch (err) {
    say(err.message, true);
  } finally {
    progress.hidden = true;
    file.value = "";
  }
}

// upload is an XMLHttpRequest, since fetch does not tell how far it is.
function upload(to, picture) {
  return new Promise((done, fail) => {
    const r = new XMLHttpRequest();
    r.open(to.method, to.uploadUrl);
    for (const [name, value] of Object.entries(to.headers ?? {})) r.setRequestHeader(name, value);
    r.upload.onprogress = (e) => { if (e.lengthComputable) progress.value = e.loaded / e.total; };
    r.onload = () => r.status < 300 ? done() : fail(new Error(words(r.responseText, r.status)));
    r.onerror = () => fail(new Error("The connection broke while uploading."));
    r.send(picture);
  });
}

async function render() {
  const key = decode(location.hash.slice(1));
  const run = ++shown;
  pictures.replaceChildren();
  if (!key) return;
  say("Original: " + key);
  const figures = variants.map((variant) => {
    const figure = $("picture").content.firstElementChild.cloneNode(true);
    figure.className = "busy";
    figure.querySelector("h2").textContent = variant.title;
    const { edits, output } = variant;
    figure.querySelector(".edits").textContent = JSON.stringify(output ? { edits, output } : edits).replaceAll(",", ", ").replaceAll(":", ": ");
    figure.querySelector(".facts").textContent = "…";
    figure.querySelector("button").disabled = true;
    pictures.append(figure);
    return figure;
  });
  for (const [i, variant] of variants.entries()) {
    if (run !== shown) return;
    await fill(figures[i], key, variant);
  }
  count();
}

// count shows what this month's pictures would cost.
async function count() {
  try {
    const { uniqueTransforms, cost } = await ask("/playground/usage", {});
    $("usage").textContent = `This month: ${uniqueTransforms.toLocaleString("en")} unique transforms, ${cost.amount} ${cost.currency}`;
  } catch {
    // The link stays as it is.
  }
}

async function fill(figure, key, { title, edits, output }) {
  const facts = figure.querySelector(".facts"), img = figure.querySelector("img"), button = figure.querySelector("button");
  try {
    const { url } = await ask("/playground/sign", { key, edits, output });
    const begin = performance.now();
    const answer = await fetch(url, { cache: "reload" }); // from the server, even if the browser has it
    const body = await answer.blob();
    const took = performance.now() - begin;
    if (!answer.ok) throw new Error(words(await body.text(), answer.status));
    img.src = url;
    img.alt = title;
    await img.decode();
    figure.className = "";
    figure.querySelector("a").href = url;
    facts.textContent = [
      `${img.naturalWidth} × ${img.naturalHeight}`,
      body.type.replace("image/", ""),
      size(body.size),
      `${answer.headers.get("X-Luna-Cache") === "hit" ? "cached" : "made"}, ${took.toFixed(0)} ms`,
    ].join(" · ");
    button.disabled = false;
    button.hidden = !navigator.clipboard; // which only loopback and https have
    button.onclick = async () => {
      await navigator.clipboard.writeText(new URL(url, location).href);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy URL"; }, 1500);
    };
  } catch (err) {
    figure.className = "busy wrong";
    facts.textContent = err.message;
  }
}

async function ask(path, question) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(words(text, answer.status));
  return JSON.parse(text);
}

// words finds what a problem document says.
function words(text, status) {
  try {
    const problem = JSON.parse(text);
    return problem.detail || problem.message || problem.title || `Error ${status}`;
  } catch {
    return text.trim().slice(0, 200) || `Error ${status}`;
  }
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KB`;
}

function say(text, wrong = false) {
  $("status").textContent = text;
  $("status").className = wrong ? "wrong" : "";
}
