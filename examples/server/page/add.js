// The menu that adds an edit: grouped, and searched as one types. It is a
// combobox with a list below it, as WAI-ARIA has them.
import { el, icon } from "./controls.js";

export function adder(groups, specs, add) {
  let shown = [], active = 0;

  const list = el("div", { class: "add-list", id: "add-list", role: "listbox", "aria-label": "Edits" });
  const search = el("input", {
    type: "text", class: "add-search", role: "combobox", "aria-label": "Search edits", placeholder: "Search edits",
    "aria-expanded": "true", "aria-controls": "add-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    oninput: () => show(),
    onkeydown: (e) => {
      const last = shown.length - 1;
      switch (e.key) {
        case "ArrowDown": active = active < last ? active + 1 : 0; break;
        case "ArrowUp": active = active > 0 ? active - 1 : last; break;
        case "Home": active = 0; break;
        case "End": active = last; break;
        case "Enter": if (shown[active]) choose(shown[active].spec); break;
        case "Escape": close(); button.focus(); break;
        default: return;
      }
      e.preventDefault();
      mark();
    },
  });
  const none = el("p", { class: "add-none", role: "status" });
  const panel = el("div", { class: "add-panel", hidden: true }, search, list, none);
  const button = el("button", {
    type: "button", class: "button primary add-button", "aria-haspopup": "listbox", "aria-expanded": "false",
    onclick: () => panel.hidden ? open() : close(),
  }, icon("add"), "Add edit");
  const element = el("div", { class: "add" }, button, panel);

  element.addEventListener("focusout", (e) => {
    if (e.relatedTarget && !element.contains(e.relatedTarget)) close();
  });
  addEventListener("pointerdown", (e) => {
    if (!panel.hidden && !element.contains(e.target)) close();
  });

  function open() {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    search.value = "";
    show();
    search.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  function close() {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }

  function choose(spec) {
    close();
    add(spec);
  }

  function show() {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (s) => words.every((w) => `${s.title} ${s.name} ${s.words}`.toLowerCase().includes(w));
    shown = [];
    list.replaceChildren(...groups.flatMap((g) => {
      const found = specs.filter((s) => s.group === g.name && fits(s));
      if (!found.length) return [];
      const options = found.map((spec) => {
        const option = el("div", {
          role: "option", class: "add-option", id: `add-${spec.name}`, title: spec.about,
          onpointerdown: (e) => e.preventDefault(), // the focus stays in the field
          onclick: () => choose(spec),
          onpointermove: () => { active = shown.findIndex((s) => s.spec === spec); mark(false); },
        }, spec.title);
        shown.push({ spec, option });
        return option;
      });
      const title = el("div", { class: "add-group", id: `add-group-${g.name}`, role: "presentation" }, g.title);
      return [el("div", { role: "group", class: "add-options", "aria-labelledby": title.id }, title, ...options)];
    }));
    // The best is one whose name begins so.
    const begins = words.length ? shown.findIndex(({ spec }) => spec.title.toLowerCase().startsWith(words[0])) : 0;
    active = Math.max(0, begins);
    list.hidden = !shown.length;
    none.textContent = shown.length ? "" : "No such edit.";
    mark();
  }

  function mark(scroll = true) {
    shown.forEach(({ option }, i) => option.setAttribute("aria-selected", i === active));
    const option = shown[active]?.option;
    if (option) search.setAttribute("aria-activedescendant", option.id);
    else search.removeAttribute("aria-activedescendant");
    if (scroll && option && list.scrollHeight > list.clientHeight) option.scrollIntoView({ block: "nearest" });
  }

  return element;
}
