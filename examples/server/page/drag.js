// Reordering by pointer: mouse, pen and touch alike. Keyboards have the buttons
// of each card.

const edge = 56, pace = 12; // pixels from the window's edge, pixels a frame

// draggable lets the cards of the list be dragged by their grips. move(id, to)
// is called when one is let go elsewhere, say(words) with what happened.
export function draggable(list, { title, move, say }) {
  list.addEventListener("pointerdown", (e) => {
    const grip = e.target.closest(".card-grip");
    if (!grip || e.button !== 0) return;
    e.preventDefault();
    drag(grip, e);
  });

  function drag(grip, begin) {
    const card = grip.closest("[data-id]"), cards = [...list.children];
    const from = cards.indexOf(card);
    const boxes = cards.map((c) => ({ top: c.offsetTop, height: c.offsetHeight }));
    const gap = cards.length > 1 ? boxes[1].top - boxes[0].top - boxes[0].height : 0;
    const low = boxes[0].top - boxes[from].top, last = boxes.at(-1);
    const high = last.top + last.height - boxes[from].top - boxes[from].height;
    let to = from, y = begin.clientY, scrolled = window.scrollY, frame = 0;
    const start = begin.clientY + scrolled;

    grip.setPointerCapture(begin.pointerId);
    list.classList.add("dragging");
    card.classList.add("dragged");
    frame = requestAnimationFrame(scroll);

    const ends = new AbortController(), { signal } = ends;
    grip.addEventListener("pointermove", (e) => { y = e.clientY; place(); }, { signal });
    grip.addEventListener("pointerup", () => end(true), { signal });
    grip.addEventListener("pointercancel", () => end(false), { signal });
    grip.addEventListener("lostpointercapture", () => end(false), { signal });
    addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      e.preventDefault();
      end(false);
    }, { signal });

    function place() {
      const by = Math.min(high, Math.max(low, y + window.scrollY - start));
      card.style.transform = `translateY(${by}px)`;
      const top = boxes[from].top + by, bottom = top + boxes[from].height;
      to = from;
      // It passes a card once it covers the middle of it.
      for (let i = 0; i < from; i++) if (top < boxes[i].top + boxes[i].height / 2) { to = i; break; }
      for (let i = cards.length - 1; i > from; i--) if (bottom > boxes[i].top + boxes[i].height / 2) { to = i; break; }
      const room = boxes[from].height + gap;
      cards.forEach((c, i) => {
        if (i === from) return;
        const shift = i < from && i >= to ? room : i > from && i <= to ? -room : 0;
        c.style.transform = shift ? `translateY(${shift}px)` : "";
      });
    }

    function scroll() {
      const by = y < edge ? -pace : y > innerHeight - edge ? pace : 0;
      if (by) {
        window.scrollBy(0, by);
        place();
      }
      frame = requestAnimationFrame(scroll);
    }

    function end(kept) {
      ends.abort();
      cancelAnimationFrame(frame);
      list.classList.remove("dragging");
      card.classList.remove("dragged");
      for (const c of cards) c.style.transform = "";
      if (!kept) say(`${title(card.dataset.id)} stays at place ${from + 1}`);
      else if (to !== from) move(card.dataset.id, to);
    }
  }
}
