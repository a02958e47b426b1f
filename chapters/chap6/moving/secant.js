// 할선과 접선. h를 줄이면 할선이 접선 쪽으로 눕고, 돋보기의 배율을 높이면 곡선이 곧게 보인다.
const f = (x) => (x ** 2 + 2 * x) * Math.log(x);
const x0 = 1;
const tangent = (x) => 3 * (x - x0);

/** 할선이 지나는 두 점의 x. */
const ends = {
  "전방 차분": (h) => [x0, x0 + h],
  "중앙 차분": (h) => [x0 - h / 2, x0 + h / 2],
};
const slope = (method, h) => {
  const [left, right] = ends[method](h);
  return (f(right) - f(left)) / h;
};

moving.pictures["fig-6-secants"] = ({ box, width, lines: [still], wanted, remember, say }) => {
  const { plot, path, svg, slider, table, short } = moving;
  const looks = {
    "전방 차분": { stroke: "var(--gradient)", "stroke-width": 2.5, "stroke-dasharray": "8 3" },
    "중앙 차분": { stroke: "var(--value)", "stroke-width": 2.5 },
  };
  const state = { h: wanted("h", [0.0015, 0.69]) ?? 0.6, zoom: wanted("zoom", [1, 1000]) ?? 1 };
  const graph = plot({
    width,
    height: width * 0.8,
    x: { name: "x", ends: [0.6, 1.8], ticks: { "0.6": 0.6, "1.0": 1, "1.4": 1.4, "1.8": 1.8 } },
    y: { name: "y", ends: [-1, 4], ticks: { "−1": -1, 0: 0, 1: 1, 2: 2, 3: 3, 4: 4 } },
    label: "곡선과, 점 x=1의 접선(점선)과, 두 할선",
  });
  const named = (method) => [
    svg(
      "svg",
      { viewBox: "0 0 40 8", "aria-hidden": "true" },
      path(["0,4", "40,4"], looks[method]),
    ),
    method,
  ];
  const numbers = table("할선", "기울기", "접선의 3과의 차");
  const center = graph.place([x0, f(x0)]);
  const lens = { cx: width * 0.31, cy: width * 0.26, r: width * 0.17 };

  /** place에 그린 곡선, 접선, 할선. xs는 곡선을 그릴 x이다. */
  const scene = (xs, place) => {
    const straight = (y, attributes) => path([0.5, 1.9].map((x) => place([x, y(x)])), attributes);
    const secants = Object.keys(ends).flatMap((method) => {
      const points = ends[method](state.h);
      const y = (x) => f(points[0]) + slope(method, state.h) * (x - points[0]);
      const dots = points.map((x) => {
        const [cx, cy] = place([x, f(x)]);
        return svg("circle", { cx, cy, r: 4.5, fill: looks[method].stroke });
      });
      return [straight(y, looks[method]), ...dots];
    });
    const curve = path(xs.map((x) => place([x, f(x)])), { "stroke-width": 1.5 });
    return [
      curve,
      straight(tangent, { "stroke-dasharray": "2 3", "stroke-width": 1.5 }),
      ...secants,
    ];
  };

  const draw = () => {
    const enlarged = (point) =>
      graph.place(point).map((at, i) => [lens.cx, lens.cy][i] + state.zoom * (at - center[i]));
    const reach = 0.5 / state.zoom;
    const near = Array.from({ length: 41 }, (_, i) => x0 + reach * (i / 20 - 1));
    const glass = svg("g", { "clip-path": "url(#fig-6-secants-lens)" }, ...scene(near, enlarged));
    graph.inside.replaceChildren(
      ...scene(still.lines[0].x, graph.place),
      path([center, [lens.cx, lens.cy]], { stroke: "var(--color-foreground-muted)" }),
      svg("circle", { ...lens, style: "fill: var(--color-background-primary)" }),
      svg("clipPath", { id: "fig-6-secants-lens" }, svg("circle", lens)),
      glass,
      svg("circle", { ...lens, class: "frame", "stroke-width": 2 }),
    );
    numbers.fill(
      Object.keys(ends).map((method) => {
        const value = slope(method, state.h);
        return [named(method), short(value, 7), short(value - 3, 2)];
      }),
    );
    const [forward, central] = Object.keys(ends).map((method) => short(slope(method, state.h), 4));
    say(
      `h가 ${state.h}이면 할선의 기울기는 전방 차분에서 ${forward}, 중앙 차분에서 ${central}입니다. ` +
        (state.zoom < 30 ? "" : "이만큼 크게 보면 곡선이 접선과 겹쳐 곧게 보입니다."),
    );
  };
  const rounded = (power) => Number((10 ** power).toPrecision(3));
  const logSlider = (title, key, [min, max], write) => {
    const range = { min, max, step: 0.02, value: Math.log10(state[key]) };
    const change = (power) => {
      state[key] = rounded(power);
      remember(state);
      draw();
    };
    return slider(title, { ...range, write: (power) => write(rounded(power)) }, change);
  };
  box.append(
    graph.element,
    logSlider("간격 h", "h", [Math.log10(0.6) - 2.6, Math.log10(0.6) + 0.06], String),
    logSlider("돋보기의 배율", "zoom", [0, 3], (zoom) => `${zoom}배`),
    numbers.element,
  );
  draw();
};
