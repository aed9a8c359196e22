// The code that asks for what is shown, in tabs.
import { subscribe } from "./render.js";

const tabs = [
  ["url", "URL", "The whole address, signed. It works wherever this server is reached."],
  ["curl", "curl", "Saves the picture as a file."],
  ["go", "Go", "Signs the same URL with the client. The secret comes from the environment."],
  ["typescript", "TypeScript", "Signs the same URL with nothing but Node, Deno or Bun. Keep it on the server."],
  ["picture", "<picture>", "Markup that keeps its place on the page while the picture loads."],
];

let section, code = null, busy = false, chosen = "url", waiting = [];

export function mount(where) {
  section = where;
  section.insertAdjacentHTML("beforeend", `
    <div class="copy-bar">
      <div class="tabs" role="tablist" aria-label="Language"></div>
    </div>
    <div class="snippet" role="tabpanel" id="copy-panel" tabindex="0"><pre><code></code></pre></div>
    <p class="note"></p>`);
  const list = section.querySelector("[role=tablist]");
  for (const [name, title] of tabs) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `copy-${name}`;
    tab.textContent = title;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "copy-panel");
    tab.addEventListener("click", () => choose(name));
    list.append(tab);
  }
  list.addEventListener("keydown", step);
  section.querySelector(".copy-bar").append(copyButton(current, "Copy"));
  choose(chosen);
  subscribe((event) => {
    busy = event.kind === "busy";
    section.querySelector(".snippet").setAttribute("aria-busy", String(busy));
    if (busy) return;
    code = event.answer?.code ?? null;
    show();
    for (const done of waiting.splice(0)) done();
  });
}

// step moves between tabs by arrow keys, as tab lists do.
function step(event) {
  const at = tabs.findIndex(([name]) => name === chosen);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const [name] = tabs.at(to % tabs.length);
  choose(name);
  section.querySelector(`#copy-${name}`).focus();
}

function choose(name) {
  chosen = name;
  for (const [other] of tabs) {
    const tab = section.querySelector(`#copy-${other}`);
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
  }
  section.querySelector(".snippet").setAttribute("aria-labelledby", `copy-${name}`);
  section.querySelector(".snippet").dataset.language = name;
  section.querySelector(".note").textContent = tabs.find(([other]) => other === name)[2];
  show();
}

function show() {
  section.querySelector("code").textContent = code?.[chosen] ?? "What the server refuses has no code.";
  section.querySelector(".copy-bar > .copy-button button").disabled = !code && !busy;
}

// current is the code of what is shown, once the server has told.
async function current() {
  if (busy) await new Promise((done) => waiting.push(done));
  if (!code) throw new Error("There is nothing to copy.");
  return code[chosen];
}

// copyButton returns a button that copies what text returns, and says so.
export function copyButton(text, title) {
  const box = document.createElement("span");
  box.className = "copy-button";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  const label = document.createElement("span");
  label.textContent = title;
  button.append(label);
  const told = document.createElement("span");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  told.setAttribute("aria-live", "polite");
  let timer = 0;
  const say = (word) => {
    clearTimeout(timer);
    label.textContent = word;
    told.textContent = word;
    timer = setTimeout(() => {
      label.textContent = title;
      told.textContent = "";
    }, 1800);
  };
  button.addEventListener("click", async () => {
    try {
      await write(await text());
      say("Copied");
    } catch {
      say("Not copied");
    }
  });
  box.append(button, told);
  return box;
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no clipboard for pages that came by plain HTTP from another
    // machine, but copy what is selected.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("the browser does not copy");
  }
}
