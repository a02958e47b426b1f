// 할선과 접선. h를 줄이면 할선이 접선 쪽으로 눕고, 돋보기의 배율을 높이면 곡선이 곧게 보인다.
const f = (x) => (x ** 2 + 2 * x) * Math.log(x);
/** 할선이 지나는 두 점의 x. */
const ends = { 전방: (h) => [1, 1 + h], 중앙: (h) => [1 - h / 2, 1 + h / 2] };
const slope = (method, h) => {
  const [left, right] = ends[method](h);
  return (f(right) - f(left)) / h;
};
/** from부터 같은 비로 늘어나는 세 자리의 값들. */
const growing = (from, count) =>
  Array.from({ length: count }, (_, i) => Number((from * 10 ** (i / 50)).toPrecision(3)));

moving.pictures["fig-6-secants"] = ({ box, width, lines: [still], wanted, tell }) => {
  const { plot, path, dot, html, slider, fill, sample, short } = moving;
  const looks = { 전방: "first", 중앙: "second" };
  const state = { h: 0.6, zoom: 1, ...wanted };
  const x = { name: "x", ends: [0.6, 1.8], ticks: [0.6, 1, 1.4, 1.8] };
  const y = { name: "y", ends: [-1, 4], ticks: [-1, 0, 1, 2, 3, 4] };
  const graph = plot(width, width * 0.8, x, y, "곡선과 접선(점선), 두 할선");
  const [numbers, center] = [html("table"), graph.place([1, 0])];
  const lens = [width * 0.31, width * 0.26];
  const glass = (look) => dot(lens, look, width * 0.17);
  const enlarged = (point) =>
    graph.place(point).map((at, i) => lens[i] + state.zoom * (at - center[i]));

  /** xs에서 그린 곡선, 접선, 두 할선. place는 값의 자리이다. */
  const scene = (xs, place) => {
    const draw = (y, xs, look) => path(xs.map((x) => place([x, y(x)])), look);
    const secant = (method) => {
      const points = ends[method](state.h);
      const y = (x) => f(points[0]) + slope(method, state.h) * (x - points[0]);
      const dots = points.map((x) => dot(place([x, f(x)]), looks[method]));
      return draw(y, [0.5, 1.9], looks[method]) + dots.join("");
    };
    const tangent = draw((x) => 3 * (x - 1), [0.5, 1.9], "dotted");
    return draw(f, xs) + tangent + secant("전방") + secant("중앙");
  };
  const show = () => {
    const near = Array.from({ length: 41 }, (_, i) => 1 + (i / 40 - 0.5) / state.zoom);
    graph.inside.innerHTML = `${scene(still.lines[0].x, graph.place)}
      ${path([center, lens], "faint")}${glass("paper")}<clipPath id="lens">${glass()}</clipPath>
      <g clip-path="url(#lens)">${scene(near, enlarged)}</g>${glass("frame")}`;
    const rows = Object.keys(ends).map((method) => {
      const value = slope(method, state.h);
      return [sample(looks[method]) + method, value.toFixed(6), short(value - 3, 2)];
    });
    fill(numbers, [["할선", "기울기", "오차"], ...rows]);
    const [forward, central] = rows.map(([, value]) => value);
    tell(state, `h=${state.h}일 때 기울기는 전방 ${forward}, 중앙 ${central}입니다.`);
  };
  const spacing = slider("간격 h", growing(0.6 / 10 ** 2.6, 134), state, "h", show);
  const zoom = slider("배율", growing(1, 151), state, "zoom", show);
  box.append(graph.element, spacing, zoom, numbers);
  show();
};
