// 할선과 접선. h를 줄이면 할선이 접선 쪽으로 눕고, 돋보기의 배율을 높이면 곡선이 곧게 보인다.
const f = (x) => (x ** 2 + 2 * x) * Math.log(x);
/** 할선이 지나는 두 점의 x. */
const ends = { 전방: (h) => [1, 1 + h], 중앙: (h) => [1 - h / 2, 1 + h / 2] };
const slope = (method, h) => {
  const [left, right] = ends[method](h);
  return (f(right) - f(left)) / h;
};
moving.pictures["fig-6-secants"] = ({ box, width, lines: [still], wanted, remember, say }) => {
  const { plot, path, dot, svg, html, slider, fill, sample, short } = moving;
  const looks = {
    전방: { stroke: "var(--gradient)", "stroke-width": 2.5, "stroke-dasharray": "8 3" },
    중앙: { stroke: "var(--value)", "stroke-width": 2.5 },
    접선: { "stroke-width": 1.5, "stroke-dasharray": "2 3" },
  };
  const state = { h: wanted("h", [0.0015, 0.69]) ?? 0.6, zoom: wanted("zoom", [1, 1000]) ?? 1 };
  const x = { name: "x", ends: [0.6, 1.8], ticks: { "0.6": 0.6, "1.0": 1, 1.4: 1.4, 1.8: 1.8 } };
  const y = { name: "y", ends: [-1, 4], ticks: { "-1": -1, 0: 0, 1: 1, 2: 2, 3: 3, 4: 4 } };
  const graph = plot(width, width * 0.8, x, y, "곡선, 점 x=1의 접선(점선), 두 할선");
  const [numbers, center] = [html("table", {}), graph.place([1, 0])];
  const lens = { cx: width * 0.31, cy: width * 0.26, r: width * 0.17 };
  const enlarged = (point) =>
    graph.place(point).map((at, i) => [lens.cx, lens.cy][i] + state.zoom * (at - center[i]));

  /** xs에서 그린 곡선, 접선, 두 할선. place는 값의 자리이다. */
  const scene = (xs, place) => {
    const draw = (y, xs, look) => path(xs.map((x) => place([x, y(x)])), look);
    const secant = (method) => {
      const points = ends[method](state.h);
      const y = (x) => f(points[0]) + slope(method, state.h) * (x - points[0]);
      const dots = points.map((x) => dot(place([x, f(x)]), { fill: looks[method].stroke }));
      return [draw(y, [0.5, 1.9], looks[method]), ...dots];
    };
    const tangent = draw((x) => 3 * (x - 1), [0.5, 1.9], looks.접선);
    return [draw(f, xs), tangent, ...secant("전방"), ...secant("중앙")];
  };
  const show = () => {
    const near = Array.from({ length: 41 }, (_, i) => 1 + (i / 40 - 0.5) / state.zoom);
    graph.inside.replaceChildren(
      ...scene(still.lines[0].x, graph.place),
      path([center, [lens.cx, lens.cy]], { opacity: 0.5 }),
      svg("circle", { ...lens, style: "fill: var(--color-background-primary)" }),
      svg("clipPath", { id: "lens" }, svg("circle", lens)),
      svg("g", { "clip-path": "url(#lens)" }, ...scene(near, enlarged)),
      svg("circle", { ...lens, class: "frame" }),
    );
    const rows = ["전방", "중앙"].map((method) => {
      const value = slope(method, state.h);
      return [[sample(looks[method]), method], short(value, 7), short(value - 3, 2)];
    });
    fill(numbers, [["할선", "기울기", "접선의 3과의 차"], ...rows]);
    const straight = state.zoom > 30 ? " 크게 보면 곡선이 접선과 겹칩니다." : "";
    say(`h=${state.h}, 기울기는 전방 ${rows[0][1]}, 중앙 ${rows[1][1]}입니다.${straight}`);
  };
  /** 값의 로그를 미는 막대. */
  const logSlider = (title, key, min, max) => {
    const rounded = (power) => Number((10 ** power).toPrecision(3));
    const write = (power) => String(rounded(power));
    const range = { min, max, step: 0.02, value: Math.log10(state[key]), write };
    return slider(title, range, (power) => {
      state[key] = rounded(power);
      remember(state);
      show();
    });
  };
  const start = Math.log10(0.6);
  const spacing = logSlider("간격 h", "h", start - 2.6, start + 0.06);
  box.append(graph.element, spacing, logSlider("돋보기의 배율", "zoom", 0, 3), numbers);
  show();
};
