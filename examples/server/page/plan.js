// What the engine does to make the picture, in words.
import { subscribe } from "./render.js";

export function mount(section) {
  section.insertAdjacentHTML("beforeend", `<div class="plan" role="group" tabindex="0" aria-label="Steps"><p class="error" hidden></p><ol></ol></div>`);
  const list = section.querySelector("ol"), error = section.querySelector(".error");
  subscribe((event) => {
    section.setAttribute("aria-busy", String(event.kind === "busy"));
    if (event.kind === "busy") return;
    const answer = event.answer ?? {};
    const problem = event.problem ?? answer.planError;
    error.hidden = !problem;
    error.textContent = problem?.detail ?? problem?.title ?? "";
    list.replaceChildren(...(answer.plan ?? []).map((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      if (/^(Note|Left out)\b/.test(sentence)) item.className = "plan-note";
      return item;
    }));
  });
}
