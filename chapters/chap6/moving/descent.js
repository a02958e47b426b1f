// 경사 하강법. 출발점과 학습률을 골라 한 걸음씩 옮기면, 네 점 사이를 지나는 직선이 함께 움직인다.
const [xs, ys] = [[0, 1, 2, 3], [2, 1, 2, 5]];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const misses = ([w, b]) => xs.map((x, i) => w * x + b - ys[i]);
const loss = (point) => mean(misses(point).map((miss) => miss ** 2));
const gradient = (point) => {
  const miss = misses(point);
  return [2 * mean(miss.map((value, i) => value * xs[i])), 2 * mean(miss)];
};
const step = (point, rate) => gradient(point).map((slope, i) => point[i] - rate * slope);
/** from부터 by씩 늘어나는 값들. */
const growing = (from, by, count) =>
  Array.from({ length: count }, (_, i) => Number((from + i * by).toPrecision(3)));

moving.pictures["fig-6-descent"] = ({ box, width, lines: [still], wanted, tell }) => {
  const { plot, dot, text, html, button, slider, fill, short } = moving;
  // 본문처럼 마흔 걸음까지
  const MOST = 40;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const state = { w: -1, b: 3, rate: 0.2, ...wanted };
  let [points, running] = [];

  const half = width > 500 ? width / 2 : width;
  const draw = (...axes) => plot(half, half * 0.8, ...axes);
  const w = { name: "w", ends: still.x, ticks: [-2, 0, 2, 4] };
  const b = { name: "b", ends: still.y, ticks: [0, 2, 4] };
  const map = draw(w, b, "손실의 등고선과 옮겨 간 길");
  const x = { name: "x", ends: [-0.5, 3.5], ticks: xs };
  const y = { name: "y", ends: [-2, 7], ticks: [0, 2, 4, 6] };
  const data = draw(x, y, "네 점과 지금의 직선");
  const numbers = html("table");
  const contours = still.contours.map(({ x, y }) => map.line(x.map((w, i) => [w, y[i]]), "faint"));
  const star = text(...map.place([1, 1]), "★", "star");
  const start = dot([0, 0], "second handle", 13);
  map.inside.innerHTML = `${contours.join("")}${star}<g></g>${start}`;
  const [way, handle] = [...map.inside.children].slice(-2);

  const show = () => {
    const now = points.at(-1);
    const line = (x) => [x, now[0] * x + now[1]];
    const dots = points.map((point) => dot(map.place(point), "second"));
    way.innerHTML = map.line(points, "second") + dots.join("") + dot(map.place(now), "first", 6);
    ["cx", "cy"].forEach((key, i) => handle.setAttribute(key, map.place(points[0])[i]));
    const miss = (x, i) => data.line([[x, ys[i]], line(x)], "dotted");
    const given = xs.map((x, i) => dot(data.place([x, ys[i]])));
    const straight = data.line(x.ends.map(line), "second");
    data.inside.innerHTML = [...xs.map(miss), straight, ...given].join("");
    const values = [...now, loss(now)].map((value) => short(value, 4));
    fill(numbers, [["걸음", "w", "b", "손실"], [points.length - 1, ...values]]);
  };
  const advance = () => {
    points.push(step(points.at(-1), state.rate));
    show();
  };
  const stop = () => {
    running = clearInterval(running);
    run.textContent = "달리기";
    const [before, now] = [points.at(-2) ?? points[0], points.at(-1)].map(loss);
    const told = now > before ? "커졌습니다" : `${short(now, 3)}입니다`;
    tell(state, `학습률 ${state.rate}, ${points.length - 1}걸음 뒤의 손실이 ${told}.`);
  };
  const restart = () => {
    points = [[state.w, state.b]];
    show();
    stop();
  };
  const go = () => {
    if (points.length > MOST) restart();
    run.textContent = "멈추기";
    running = setInterval(() => {
      advance();
      if (points.length > MOST || !box.isConnected) stop();
    }, isCalm ? 0 : 150);
  };
  const run = button("달리기", () => running ? stop() : go());
  const once = button("한 걸음", () => {
    advance();
    stop();
  });
  const speed = slider("학습률", growing(0.01, 0.01, 30), state, "rate", restart);
  const starts = [
    slider("출발점 w", growing(-2, 0.05, 121), state, "w", restart),
    slider("출발점 b", growing(0, 0.05, 81), state, "b", restart),
  ];
  handle.onpointerdown = ({ pointerId }) => handle.setPointerCapture(pointerId);
  handle.onpointermove = (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const point = map.valueAt(event);
    starts.forEach((start, i) => start.set(point[i]));
    restart();
  };
  const pictures = html("div", { className: "side-by-side" }, map.element, data.element);
  box.append(pictures, speed, ...starts, once, run, button("처음으로", restart), numbers);
  restart();
};
