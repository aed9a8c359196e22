// The cases: for each set those that are always run, and a function that makes
// random ones. A case is
//
//	picture  a description, see pictures.mjs
//	edit     as in a payload: an object of one member
//	layer    the description of the picture that an image edit lays on top
//	fails    where sharp, and so the edit, must refuse
//
// What the certificate excludes does not occur: backgrounds with alpha between
// 1 and 254; a blur below 0.558 of a picture with alpha; a coloured background
// under a gray picture, which sharp makes gray and luna does not.

import { hasAlpha } from './pictures.mjs';

const layouts = ['gray', 'grayalpha', 'rgb', 'rgba'];
const kinds = ['photo', 'photo', 'gradient', 'edges', 'noise'];
const sizes = [
  [1, 1], [1, 7], [5, 1], [2, 2], [3, 3], [13, 17], [31, 23], [37, 29], [32, 32], [48, 36], [29, 41], [53, 11], [16, 47], [61, 43],
];
const fits = ['cover', 'contain', 'fill', 'inside', 'outside'];
const positions = ['top', 'right', 'bottom', 'left', 'center', 'top-left', 'top-right', 'bottom-left', 'bottom-right'];
const blends = [
  'over', 'multiply', 'screen', 'overlay', 'darken', 'lighten', 'color-dodge', 'color-burn', 'hard-light', 'soft-light', 'difference', 'exclusion',
];

const picture = (kind, layout, width, height, more) => ({ kind, layout, width, height, seed: 1, ...more });
const photo = (layout, width = 37, height = 29) => picture('photo', layout, width, height);

// any is a random picture; live ones have any size and any content.
function any(rng, { live, from = sizes, kind = rng.one(...kinds), layout = rng.one(...layouts) } = {}) {
  let [width, height] = rng.one(...from);
  if (live && rng.chance(2)) [width, height] = [rng.int(1, 90), rng.int(1, 90)];
  if (live && rng.chance(12)) [width, height] = [rng.int(1, 500), rng.int(1, 500)];
  return { kind, layout, width, height, seed: live ? rng.next() % 1e6 : 1 };
}

const hex = (v) => v.toString(16).padStart(2, '0');

// background is opaque or fully transparent, and gray under a gray picture.
function background(rng, layout, transparent = ['#00000000']) {
  if (rng.chance(4)) return rng.one(...transparent);
  const v = () => rng.one(0, 255, rng.int(0, 255));
  const gray = v();
  return '#' + (layout.startsWith('gray') ? [gray, gray, gray] : [v(), v(), v()]).map(hex).join('') + 'ff';
}

// sides are pictures of every layout in a few sizes: what a set without
// options is run on.
const sides = [
  ...layouts.flatMap((layout) => sizes.map(([w, h]) => photo(layout, w, h))),
  ...layouts.flatMap((layout) => ['edges', 'gradient', 'noise'].map((kind) => picture(kind, layout, 31, 23))),
];
const deep = layouts.map((layout) => picture('photo', layout, 37, 29, { deep: true }));

const plain = (name, pictures = [...sides, ...deep]) => ({
  table: pictures.map((picture) => ({ picture, edit: { [name]: true } })),
  random: (rng) => ({ picture: any(rng, { live: true }), edit: { [name]: true } }),
});

export const sets = {
  resize: {
    recorded: 440,
    table: [
      ...fits.flatMap((fit) => layouts.map((layout) => ({ picture: photo(layout), edit: { resize: { width: 16, height: 9, fit } } }))),
      ...fits.flatMap((fit) => layouts.map((layout) => ({ picture: photo(layout, 13, 17), edit: { resize: { width: 40, height: 30, fit, upscale: true } } }))),
      ...fits.flatMap((fit) => ['rgb', 'rgba'].map((layout) => ({ picture: photo(layout, 31, 23), edit: { resize: { width: 45, height: 10, fit, upscale: true } } }))),
      ...fits.flatMap((fit) => ['rgb', 'rgba'].map((layout) => ({ picture: photo(layout, 31, 23), edit: { resize: { width: 20, height: 40, fit, downscale: false } } }))),
      ...fits.flatMap((fit) => ['rgb', 'rgba'].map((layout) => ({ picture: photo(layout, 31, 23), edit: { resize: { width: 25, height: 60, fit } } }))),
      ...positions.flatMap((position) => ['cover', 'contain'].flatMap((fit) => ['rgb', 'rgba'].map((layout) => ({ picture: photo(layout, 48, 36), edit: { resize: { width: 20, height: 21, fit, position } } })))),
      ...['entropy', 'attention'].flatMap((position) =>
        ['photo', 'gradient', 'edges', 'noise'].flatMap((kind) =>
          layouts.flatMap((layout) => [[61, 43], [29, 41]].map(([w, h]) => ({ picture: picture(kind, layout, w, h), edit: { resize: { width: 17, height: 16, position } } }))),
        ),
      ),
      ...layouts.flatMap((layout) => sizes.map(([w, h]) => ({ picture: photo(layout, w, h), edit: { resize: { width: 8 } } }))),
      // libvips works in tiles of 128, in which its positions are not quite the same.
      ...['rgb', 'rgba'].flatMap((layout) =>
        [[137, 7], [300, 12], [400, 5]].flatMap(([long, short]) => [
          { picture: photo(layout, 290, 9), edit: { resize: { width: long, height: short, fit: 'fill', upscale: true } } },
          { picture: photo(layout, 9, 290), edit: { resize: { width: short, height: long, fit: 'fill', upscale: true } } },
        ]),
      ),
    ],
    random(rng, live) {
      const from = any(rng, { live });
      const most = !live ? 50 : rng.chance(8) ? 400 : 130;
      const resize = { width: rng.int(1, most) };
      if (!rng.chance(5)) resize.height = rng.int(1, most);
      if (!rng.chance(5)) resize.fit = rng.one(...fits);
      if (rng.chance(2)) resize.position = rng.one(...positions, 'entropy', 'attention');
      if (resize.fit && resize.fit !== 'cover' && /entropy|attention/.test(resize.position)) delete resize.position;
      if (resize.fit === 'contain') resize.background = background(rng, from.layout);
      if (rng.chance(2)) resize.upscale = true;
      if (rng.chance(8)) resize.downscale = false;
      return { picture: from, edit: { resize } };
    },
  },

  'resize of 16 bits': {
    recorded: 60,
    table: [],
    random(rng, live) {
      const { picture, edit } = sets.resize.random(rng, live);
      // Multiplied by a small alpha, 8 bits keep next to nothing of a colour.
      const layout = picture.layout.replace(/a(lpha)?$/, '');
      // What is most interesting is another place where the bits are fewer.
      if (/entropy|attention/.test(edit.resize.position)) delete edit.resize.position;
      return { picture: { ...picture, layout, deep: true }, edit };
    },
  },

  crop: {
    recorded: 80,
    table: [
      ...[...sides.slice(0, 30), ...deep].map((p) => ({ picture: p, edit: { crop: { left: p.width >> 2, top: p.height >> 1, width: (p.width + 1) >> 1, height: (p.height + 1) >> 1 } } })),
      ...[[36, 0, 2, 5], [0, 28, 5, 2], [37, 0, 1, 1], [0, 0, 38, 29]].map(([left, top, width, height]) => ({ picture: photo('rgb'), edit: { crop: { left, top, width, height } }, fails: true })),
    ],
    random(rng, live) {
      const p = any(rng, { live });
      const left = rng.int(0, p.width - 1);
      const top = rng.int(0, p.height - 1);
      return { picture: p, edit: { crop: { left, top, width: rng.int(1, p.width - left), height: rng.int(1, p.height - top) } } };
    },
  },

  extend: {
    recorded: 80,
    table: [...sides.slice(0, 16), ...deep].map((picture) => ({ picture, edit: { extend: { top: 1, bottom: 2, left: 3, right: 4 } } })),
    random(rng, live) {
      const p = any(rng, { live });
      const extend = {};
      for (const side of ['top', 'bottom', 'left', 'right']) if (!rng.chance(4)) extend[side] = rng.int(0, 12);
      if (!rng.chance(4)) extend.background = background(rng, p.layout, p.layout.startsWith('gray') ? ['#00000000', '#64646400'] : ['#00000000', '#c8643200']);
      return { picture: p, edit: { extend } };
    },
  },

  flip: { recorded: 72, ...plain('flip') },
  flop: { recorded: 72, ...plain('flop') },

  'quarter turn': {
    recorded: 80,
    table: [
      ...layouts.flatMap((layout) => [90, 180, 270, 360, -90, -180, 450].map((angle) => ({ picture: photo(layout), edit: { rotate: { angle } } }))),
      ...deep.map((picture) => ({ picture, edit: { rotate: { angle: 90 } } })),
    ],
    random: (rng, live) => ({ picture: any(rng, { live }), edit: { rotate: { angle: 90 * rng.int(-8, 8), background: '#ff0000' } } }),
  },

  orientation: {
    recorded: 84,
    table: [
      ...layouts.flatMap((layout) => [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => ({ picture: { ...photo(layout, 13, 17), orientation }, edit: { autoOrient: true } }))),
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => ({ picture: { ...photo('rgb', 13, 17), orientation }, edit: { autoOrient: false } })),
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => ({ picture: { ...photo('rgb', 13, 17), orientation, deep: true }, edit: { autoOrient: true } })),
    ],
    random: (rng, live) => ({ picture: { ...any(rng, { live }), orientation: rng.int(1, 8) }, edit: { autoOrient: true } }),
  },

  tint: {
    recorded: 80,
    table: [...sides.slice(0, 4), ...sides.slice(-12)].map((picture) => ({ picture, edit: { tint: { r: 255, g: 200, b: 0 } } })),
    random: (rng, live) => ({ picture: any(rng, { live }), edit: { tint: { r: rng.int(0, 255), g: rng.int(0, 255), b: rng.int(0, 255) } } }),
  },

  blur: {
    recorded: 90,
    table: [
      ...[0.3, 0.5, 0.557, 0.558, 0.56, 0.6, 0.7, 0.9, 1, 1.5, 2, 3.3, 5, 10, 20, 50, 100].map((blur) => ({ picture: photo('rgb'), edit: { blur } })),
      ...[0.56, 0.6, 0.9, 1.5, 5, 20].flatMap((blur) => ['rgba', 'gray', 'grayalpha'].map((layout) => ({ picture: photo(layout), edit: { blur } }))),
    ],
    random(rng, live) {
      const p = any(rng, { live });
      const low = hasAlpha(p.layout) ? 0.56 : 0.3;
      return { picture: p, edit: { blur: rng.one(rng.decimal(low, 3), rng.decimal(low, 12), rng.decimal(1, 100)) } };
    },
  },

  flatten: {
    recorded: 80,
    table: sides.filter((p) => hasAlpha(p.layout)).map((picture) => ({ picture, edit: { flatten: {} } })),
    random(rng, live) {
      const p = any(rng, { live });
      return { picture: p, edit: { flatten: { background: background(rng, p.layout, ['#000000', '#ffffff']) } } };
    },
  },

  invert: { recorded: 68, ...plain('invert', sides) },
  grayscale: { recorded: 68, ...plain('grayscale', sides) },

  trim: {
    recorded: 120,
    table: [
      ...layouts.flatMap((layout) => [1, 2, 3, 4].map((seed) => ({ picture: picture('frame', layout, 37, 29, { seed }), edit: { trim: {} } }))),
      ...layouts.map((layout) => ({ picture: photo(layout, 2, 2), edit: { trim: {} }, fails: true })),
      ...layouts.map((layout) => ({ picture: photo(layout, 1, 1), edit: { trim: {} }, fails: true })),
    ],
    random(rng, live) {
      const p = any(rng, { live, kind: rng.chance(4) ? rng.one(...kinds) : 'frame', from: sizes.filter(([w, h]) => Math.min(w, h) >= 3) });
      if (live) [p.width, p.height] = [Math.max(p.width, 3), Math.max(p.height, 3)];
      p.seed = live ? p.seed : rng.int(1, 9);
      const trim = {};
      if (!rng.chance(3)) trim.threshold = rng.one(0, 1, 5, 15, 30, 60, rng.decimal(0, 40));
      if (rng.chance(3)) trim.background = background(rng, p.layout, ['#00000000', '#ffffff', '#000000']);
      return { picture: p, edit: { trim } };
    },
  },

  modulate: {
    recorded: 100,
    table: [
      ...[{ brightness: 2 }, { saturation: 0 }, { hue: 180 }, { lightness: 50 }, { brightness: 0 }, { saturation: 3 }, { hue: -30 }, { lightness: -50 }].flatMap((modulate) =>
        layouts.map((layout) => ({ picture: photo(layout), edit: { modulate } })),
      ),
    ],
    random(rng, live) {
      const modulate = {};
      if (rng.chance(2)) modulate.brightness = rng.decimal(0, 3);
      if (rng.chance(2)) modulate.saturation = rng.decimal(0, 3);
      if (rng.chance(2)) modulate.hue = rng.int(-400, 400);
      if (rng.chance(3)) modulate.lightness = rng.decimal(-60, 60);
      if (!Object.keys(modulate).length) modulate.brightness = 1.2;
      return { picture: any(rng, { live }), edit: { modulate } };
    },
  },

  normalize: {
    recorded: 90,
    table: [...sides.slice(0, 8), ...sides.slice(28, 36), ...sides.slice(-12)].map((picture) => ({ picture, edit: { normalize: {} } })),
    random(rng, live) {
      const lower = rng.one(0, 1, rng.int(0, 60));
      const upper = rng.one(99, 100, rng.int(lower + 1, 100));
      return { picture: any(rng, { live }), edit: { normalize: { lower, upper } } };
    },
  },

  sharpen: {
    recorded: 90,
    table: [0.000001, 0.3, 0.46, 0.47, 0.5, 0.8, 1, 1.5, 2, 3, 5, 7, 10].flatMap((sharpen) => ['rgb', 'rgba'].map((layout) => ({ picture: photo(layout), edit: { sharpen } }))),
    random: (rng, live) => ({ picture: any(rng, { live }), edit: { sharpen: rng.one(rng.decimal(0.01, 3), rng.decimal(0.01, 10)) } }),
  },

  'rotate by other angles': {
    recorded: 90,
    table: [
      ...layouts.flatMap((layout) => [0.5, 30, 45, -45, 120, 200.25, 300, 359].map((angle) => ({ picture: photo(layout), edit: { rotate: { angle } } }))),
      ...['rgb', 'rgba'].flatMap((layout) => [1, 20].map((angle) => ({ picture: photo(layout, 290, 9), edit: { rotate: { angle } } }))),
    ],
    random(rng, live) {
      const p = any(rng, { live });
      let angle = rng.one(rng.int(-400, 400), rng.decimal(-360, 360));
      if (angle % 90 === 0) angle += 1;
      if (live) angle = ((angle % 360) + 360) % 360; // the same turn, which for sharp may be another
      return { picture: p, edit: { rotate: { angle, background: background(rng, p.layout) } } };
    },
  },

  'image layer': {
    recorded: 110,
    table: [
      ...blends.flatMap((blend) => ['rgb', 'rgba'].map((layout) => ({ picture: photo(layout), layer: picture('edges', 'rgba', 20, 20), edit: { image: { key: 'layer.png', position: 'center', padding: 0, blend } } }))),
      // Tiles of 128 without a piece of the layer stay as they are.
      ...['left', 'center', 'top-right'].map((position) => ({ picture: photo('rgba', 290, 9), layer: picture('edges', 'rgba', 20, 5), edit: { image: { key: 'layer.png', position, padding: 1 } } })),
      ...['top', 'bottom-left'].map((position) => ({ picture: photo('rgba', 9, 290), layer: picture('edges', 'rgba', 4, 20), edit: { image: { key: 'layer.png', position, padding: 2 } } })),
    ],
    random(rng, live) {
      const p = any(rng, { live, layout: rng.one('rgb', 'rgba'), from: sizes.filter(([w, h]) => Math.min(w, h) > 3) });
      if (live) [p.width, p.height] = [Math.max(p.width, 4), Math.max(p.height, 4)];
      const padding = rng.int(0, (Math.min(p.width, p.height) - 1) >> 1);
      const layer = any(rng, { live, layout: 'rgba' });
      layer.width = rng.int(1, p.width - 2 * padding);
      layer.height = rng.int(1, p.height - 2 * padding);
      const image = { key: 'layer.png', position: rng.one(...positions), padding };
      if (!rng.chance(3)) image.opacity = rng.decimal(0, 1);
      if (!rng.chance(3)) image.blend = rng.one(...blends);
      return { picture: p, layer, edit: { image } };
    },
  },
};

// deepSets are those of edits that keep 16 bits here.
export const deepSets = [
  'resize', 'crop', 'extend', 'flip', 'flop', 'quarter turn', 'blur', 'flatten', 'invert', 'modulate', 'normalize', 'sharpen', 'rotate by other angles',
];

// sizeCase is a case of which only the size is looked at.
export function sizeCase(rng) {
  const c = { from: [rng.int(1, 700), rng.int(1, 700)], fit: rng.one(...fits), width: rng.int(1, 700), height: rng.chance(5) ? 0 : rng.int(1, 700) };
  if (rng.chance(6)) c.from[0] = rng.int(1, 9);
  if (rng.chance(6)) c.from[1] = rng.int(1, 9);
  return { ...c, upscale: rng.chance(2), downscale: !rng.chance(4) };
}
