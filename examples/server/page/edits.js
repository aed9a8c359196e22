// The list of edits: one card each, in the order in which they run.
import { state, change, subscribe, indexOf, newID, undo, redo, canUndo, canRedo } from "./state.js";
import { subscribe as onRender } from "./render.js";
import { schema, el, icon, field, faultsOf } from "./controls.js";
import { sizeBefore } from "./sizes.js";
import { choices, onChoices } from "./choices.js";
import { adder } from "./add.js";
import { draggable } from "./drag.js";

export async function mount(section) {
  const { groups, edits: known } = await schema;
  const specs = new Map(known.map((spec) => [spec.name, spec]));
  const cards = new Map(); // by the edit's id

  const says = el("p", { class: "visually-hidden", role: "status" });
  const wrong = el("p", { class: "error edits-wrong", role: "alert", hidden: true });
  const list = el("ol", { class: "edits-list" });
  const none = el("p", { class: "edits-none" }, "No edits: the original, in the output's format.");
  const back = el("button", { type: "button", class: "icon-button", "aria-label": "Undo", title: "Undo (Ctrl+Z)", onclick: () => step(undo, "Undone") }, icon("undo"));
  const forth = el("button", { type: "button", class: "icon-button", "aria-label": "Redo", title: "Redo (Ctrl+Shift+Z)", onclick: () => step(redo, "Redone") }, icon("redo"));
  const add = adder(groups, known, (spec) => {
    const id = newID();
    const edits = [...state.edits, { id, name: spec.name, value: undefined, off: false }];
    edits.at(-1).value = startOf(spec, sizeBefore(edits, id, state.picture), choices());
    change({ edits, selected: id });
    say(`${spec.title} added at place ${edits.length}`);
    cards.get(id)?.focus();
  });
  section.append(
    el("div", { class: "panel-head" }, section.querySelector("h2") ?? undefined, el("span", { class: "panel-buttons" }, back, forth)),
    says, wrong, list, none, add,
  );

  let saying = 0;
  function say(text) {
    // Said again, the same words are no change, and not heard.
    clearTimeout(saying);
    says.textContent = "";
    saying = setTimeout(() => { says.textContent = text; }, 50);
  }

  function step(fn, words) {
    fn();
    say(words);
  }

  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || !(e.ctrlKey || e.metaKey) || e.altKey) return;
    const key = e.key.toLowerCase();
    // What is being typed has an undo of its own.
    if (typing(e.target)) return;
    if (key === "z" && !e.shiftKey && canUndo()) step(undo, "Undone");
    else if ((key === "z" && e.shiftKey || key === "y") && canRedo()) step(redo, "Redone");
    else return;
    e.preventDefault();
  });

  function replace(id, patch, options) {
    change({ edits: state.edits.map((e) => e.id === id ? { ...e, ...patch } : e) }, options);
  }

  function move(id, to) {
    const from = state.edits.findIndex((e) => e.id === id);
    if (from < 0 || to < 0 || to >= state.edits.length || to === from) return;
    const edits = [...state.edits];
    const [moved] = edits.splice(from, 1);
    edits.splice(to, 0, moved);
    change({ edits });
    say(`${titleOf(moved)} moved to place ${to + 1} of ${edits.length}`);
  }

  const titleOf = (e) => specs.get(e.name)?.title ?? e.name;

  function makeCard(edit) {
    const { id, name } = edit;
    const spec = specs.get(name);
    const title = titleOf(edit);
    const place = () => state.edits.findIndex((e) => e.id === id);
    const now = () => state.edits.find((e) => e.id === id);
    const body = `edit-${id}`;
    const button = (what, words, onclick) => el("button", { type: "button", class: `icon-button card-${what}`, "aria-label": `${words} ${title}`, title: words, onclick }, icon(what));

    const summary = el("span", { class: "card-summary mono" });
    const disclosure = el("button", {
      type: "button", class: "card-title", "aria-expanded": "false", "aria-controls": body,
      onclick: () => change({ selected: state.selected === id ? "" : id }),
    }, icon("open"), el("span", { class: "card-name" }, title), summary);
    const on = el("input", {
      type: "checkbox", role: "switch", class: "control-switch", "aria-label": `${title} is on`, title: "On or off",
      onchange: () => { replace(id, { off: !on.checked }); say(`${title} ${on.checked ? "on" : "off"}`); },
    });
    const grip = el("span", { class: "card-grip", "aria-hidden": "true", title: "Drag to move" }, icon("grip"));
    const up = button("up", "Move up", () => moveAndStay(up, down, -1));
    const down = button("down", "Move down", () => moveAndStay(down, up, 1));
    const moveAndStay = (pressed, other, by) => {
      move(id, place() + by);
      (pressed.disabled ? other : pressed).focus(); // it stands elsewhere now
    };
    const copy = button("copy", "Duplicate", () => {
      const at = place(), twin = { ...structuredClone(now()), id: newID() };
      change({ edits: state.edits.toSpliced(at + 1, 0, twin), selected: twin.id });
      say(`${title} duplicated at place ${at + 2}`);
      cards.get(twin.id)?.focus();
    });
    const remove = button("remove", "Remove", () => {
      const at = place();
      change({ edits: state.edits.filter((e) => e.id !== id) });
      say(`${title} removed`);
      const next = state.edits[Math.min(at, state.edits.length - 1)];
      if (next) cards.get(next.id)?.focus();
      else add.querySelector("button").focus();
    });

    const fault = el("p", { class: "control-fault card-fault", id: `${body}-fault`, hidden: true });
    const fields = new Map();
    const content = el("div", { class: "card-body", id: body, hidden: true });
    if (spec) {
      content.append(el("div", { class: "card-lead" }, el("p", { class: "card-about" }, spec.about), copy));
      if (spec.swatch) content.append(swatch(spec, id, now, replace));
      for (const f of spec.value ? [spec.value] : spec.fields) {
        const control = field(f, (v, merge) => {
          const value = spec.value ? v : withField(spec, now().value, f.name, v);
          replace(id, { value: value === undefined ? null : value }, merge ? { merge: `${id}.${f.name ?? ""}` } : {});
        });
        fields.set(f.name ?? "", control);
        content.append(control.element);
      }
    } else {
      content.append(el("div", { class: "card-lead" }, el("p", { class: "card-about" }, "The playground has no controls for this edit."), copy));
    }

    const element = el("li", { class: "edit", "data-edit": name, "data-id": id },
      el("div", { class: "card-head" }, grip, disclosure, up, down, on, remove),
      fault, content);
    return {
      element, grip, fields,
      focus: () => disclosure.focus(),
      set(e, at, count) {
        const open = state.selected === id;
        disclosure.setAttribute("aria-expanded", open);
        content.hidden = !open;
        element.classList.toggle("open", open);
        element.classList.toggle("off", e.off);
        on.checked = !e.off;
        up.disabled = at === 0;
        down.disabled = at === count - 1;
        summary.textContent = summaryOf(spec, e.value);
        const context = { ...sizeBefore(state.edits, id, state.picture), value: e.value, pictures: e.name === "image" ? choices(true) : [] };
        for (const [name, control] of fields) {
          control.set(spec.value ? e.value ?? undefined : e.value?.[name], context);
        }
        content.querySelector(".card-swatch")?.set(e.value);
      },
      fault(message) {
        fault.textContent = message ?? "";
        fault.hidden = !message;
        if (message) disclosure.setAttribute("aria-describedby", fault.id);
        else disclosure.removeAttribute("aria-describedby");
        mark();
      },
      mark,
    };
    // mark shows on a closed card too that something in it is wrong.
    function mark() {
      element.classList.toggle("wrong", !fault.hidden || Boolean(content.querySelector(".control.wrong")));
    }
  }

  draggable(list, {
    title: (id) => titleOf(state.edits.find((e) => e.id === id)),
    move, say,
  });

  function show() {
    const { edits } = state;
    for (const [id, card] of cards) {
      if (!edits.some((e) => e.id === id && e.name === card.element.dataset.edit)) {
        card.element.remove();
        cards.delete(id);
      }
    }
    const focused = document.activeElement;
    edits.forEach((e, at) => {
      if (!cards.has(e.id)) cards.set(e.id, makeCard(e));
      const { element } = cards.get(e.id);
      if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
    });
    if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
    edits.forEach((e, at) => cards.get(e.id).set(e, at, edits.length));
    none.hidden = edits.length > 0;
    back.disabled = !canUndo();
    forth.disabled = !canRedo();
  }

  // fault shows the server's words where they belong: at the control that the
  // longest part of the path names, at the card, or above the list.
  function showFaults(faults) {
    for (const card of cards.values()) {
      card.fault();
      for (const control of card.fields.values()) control.fault();
      card.mark();
    }
    const rest = [];
    for (const { path, message } of faults) {
      const [, index, name, member] = path.match(/^edits\[(\d+)\](?:\.([\w-]+))?(?:\.(\w+))?/) ?? [];
      const e = index && state.edits.find((e) => indexOf(e.id) === Number(index));
      const card = e && cards.get(e.id);
      if (!card) {
        if (!path.startsWith("output")) rest.push(path ? `${path}: ${message}` : message);
        continue;
      }
      const control = name === e.name && card.fields.get(member ?? "");
      if (control) control.fault(message);
      else card.fault(message);
      card.mark();
    }
    wrong.textContent = rest.join("; ");
    wrong.hidden = !rest.length;
  }

  subscribe((_, changed) => {
    if (["edits", "picture", "selected", "key", "output"].some((name) => changed.has(name))) show();
  });
  onChoices(show);
  show();
  onRender((event) => {
    if (event.kind === "result") showFaults([]);
    // What the server could not do in time, or at all, is no fault of the edits:
    // the stage tells it.
    if (event.kind === "refused") showFaults(event.status >= 400 && event.status < 500 ? located(event, state) : []);
  });
}

// located finds the edit that a refusal of the engine, which has no paths, is
// about, where it can be but one.
function located({ problem }, { edits, picture }) {
  const faults = faultsOf(problem);
  if (faults.length > 1 || faults[0].path) return faults;
  const [{ message }] = faults;
  const found = edits.filter((e) => !e.off).flatMap((e) => {
    const member = blamed(problem, e, sizeBefore(edits, e.id, picture));
    return member ? [`edits[${indexOf(e.id)}].${member}`] : [];
  });
  return found.length === 1 ? [{ path: found[0], message }] : faults;
}

// blamed is the member of the edit that the problem is about, or nothing.
function blamed({ code, detail = "" }, { name, value }, { width, height }) {
  switch (name) {
    case "crop": return code === "impossible_edit" && (value?.left + value?.width > width || value?.top + value?.height > height) ? name : "";
    case "text": return code === "font_unavailable" && detail.includes(value?.font) ? "text.font" : "";
    case "image": return detail.startsWith(`Image layer ${JSON.stringify(value?.key)}:`) ? "image.key" : "";
  }
  return code === "edit_unsupported" && name.startsWith("x-") && detail.includes(name) ? name : "";
}

// startOf is the value of an edit that was just added: one that shows.
export function startOf(spec, size, pictures) {
  const at = (f) => {
    if (f.start?.of === undefined) return f.start;
    if (f.start.of === "picture") {
      const others = pictures.filter((p) => p.key !== state.key);
      return (others.find((p) => /logo/i.test(p.key)) ?? others[0] ?? { key: state.key }).key;
    }
    const v = size[f.start.of] * f.start.times;
    const digits = f.whole || v >= 10 ? 1 : 10;
    return Math.min(f.max ?? Infinity, Math.max(f.min ?? -Infinity, Math.round(v * digits) / digits));
  };
  if (spec.value) return at(spec.value);
  return Object.fromEntries(spec.fields.map((f) => [f.name, at(f)]).filter(([, v]) => v !== undefined));
}

// withField is an edit's object with one member set or left out, in the order
// of the schema.
function withField(spec, value, name, v) {
  const members = { ...typeof value === "object" ? value : {}, [name]: v };
  const named = spec.fields.map((f) => f.name).filter((n) => members[n] !== undefined);
  const result = Object.fromEntries(named.map((n) => [n, members[n]]));
  return spec.empty && !named.length ? true : result;
}

// swatch picks the three channels of a colour at once.
function swatch(spec, id, now, replace) {
  const input = el("input", {
    type: "color", class: "control-swatch", "aria-label": `${spec.title}: pick a colour`,
    oninput: () => {
      const channels = input.value.match(/[0-9a-f]{2}/gi).map((t) => parseInt(t, 16));
      replace(id, { value: Object.fromEntries(spec.swatch.map((name, i) => [name, channels[i]])) }, { merge: `${id}.swatch` });
    },
  });
  const well = el("span", { class: "control-well" }, input);
  const row = el("div", { class: "control card-swatch" }, el("span", { class: "control-label" }, "Colour"), el("div", { class: "control-body" }, well));
  row.set = (value) => {
    const text = "#" + spec.swatch.map((name) => {
      const v = Math.round(value?.[name]);
      return Math.min(255, Math.max(0, v || 0)).toString(16).padStart(2, "0");
    }).join("");
    if (input.value !== text) input.value = text;
    well.style.setProperty("--colour", text);
  };
  return row;
}

function summaryOf(spec, value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return spec?.value?.control === "boolean" ? (value ? "" : "false") : String(value);
  const { width, height, fit, angle, text, key, left, top } = value;
  switch (spec?.name) {
    case "resize": return `${width ?? "?"} × ${height ?? "auto"}${fit ? ` ${fit}` : ""}`;
    case "crop": return `${width} × ${height} at ${left}, ${top}`;
    case "rotate": return `${angle}°`;
    case "text": return `“${String(text ?? "").replace(/\s+/g, " ")}”`;
    case "image": return String(key ?? "").split("/").at(-1);
  }
  return Object.entries(value).map(([k, v]) => `${k} ${typeof v === "object" ? JSON.stringify(v) : v}`).join(", ");
}

function typing(target) {
  if (target instanceof HTMLTextAreaElement || target?.isContentEditable) return true;
  return target instanceof HTMLInputElement && ["text", "number", "search", "url", "email"].includes(target.type);
}
