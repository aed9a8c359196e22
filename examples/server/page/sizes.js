// How large the picture is before each edit, as the engine computes it, so that
// sliders end where the picture does. What trim leaves is not known here: it
// counts as nothing removed.

// sizeBefore returns the { width, height } that the edit gets. Layers get what
// all other edits leave, and edits that are off pass the picture on.
export function sizeBefore(edits, id, picture) {
  const at = edits.findIndex((e) => e.id === id);
  const layer = edits[at]?.name === "text" || edits[at]?.name === "image";
  return sizeAfter(layer || at < 0 ? edits : edits.slice(0, at), picture);
}

// sizeAfter returns what the edits leave of the picture.
export function sizeAfter(edits, picture) {
  let size = { width: picture?.width || 1600, height: picture?.height || 1200 };
  for (const { name, value, off } of edits) {
    if (!off && value && typeof value === "object") size = steps[name]?.(size, value) ?? size;
  }
  return size;
}

const steps = {
  resize({ width, height }, { width: w, height: h, fit = "cover", upscale = false, downscale = true }) {
    if (!(w > 0)) return undefined;
    let x = width / w, y = h > 0 ? height / h : 1;
    if (fit !== "fill") {
      if (!(h > 0)) y = x;
      else if (fit === "cover" || fit === "outside") x = y = Math.min(x, y);
      else x = y = Math.max(x, y);
    }
    if (!downscale) [x, y] = [Math.min(x, 1), Math.min(y, 1)];
    else if (!upscale) [x, y] = [Math.max(x, 1), Math.max(y, 1)];
    const scaled = { width: side(width, Math.min(x, width)), height: side(height, Math.min(y, height)) };
    if (fit === "cover") return { width: Math.min(w, scaled.width), height: Math.min(h || Infinity, scaled.height) };
    if (fit === "contain") return { width: Math.max(w, scaled.width), height: Math.max(h || 0, scaled.height) };
    return scaled;
  },
  crop(_, { width, height }) {
    return width > 0 && height > 0 ? { width, height } : undefined;
  },
  rotate({ width, height }, { angle }) {
    if (!Number.isFinite(angle)) return undefined;
    if (angle % 180 === 0) return undefined;
    if (angle % 90 === 0) return { width: height, height: width };
    const s = Math.abs(Math.sin(angle * Math.PI / 180)), c = Math.abs(Math.cos(angle * Math.PI / 180));
    return { width: Math.round(width * c + height * s), height: Math.round(width * s + height * c) };
  },
  extend({ width, height }, { top = 0, bottom = 0, left = 0, right = 0 }) {
    return { width: width + left + right, height: height + top + bottom };
  },
};

const side = (n, shrink) => Math.floor(n / shrink + 0.5);
