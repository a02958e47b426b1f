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

moving.pictures["fig-6-descent"] = ({ box, width, lines: [still], wanted, remember, say }) => {
  const { plot, dot, svg, html, button, slider, fill, short, isCalm } = moving;
  const [blue, red, MOST] = ["var(--value)", "var(--gradient)", 40]; // 본문처럼 마흔 걸음까지
  const write = (value) => value.toFixed(2);
  let rate = wanted("rate", [0.01, 0.3]) ?? 0.2;
  let points = [[wanted("w", still.x) ?? -1, wanted("b", still.y) ?? 3]];
  let running;

  const half = width > 500 ? width / 2 : width;
  const w = { name: "w", ends: still.x, ticks: { "-2": -2, 0: 0, 2: 2, 4: 4 } };
  const b = { name: "b", ends: still.y, ticks: { 0: 0, 2: 2, 4: 4 } };
  const map = plot(
    half,
    half * 0.8,
    w,
    b,
    "손실의 등고선과 옮겨 간 길. 별표에서 손실이 가장 작다.",
  );
  const x = { name: "x", ends: [-0.5, 3.5], ticks: { 0: 0, 1: 1, 2: 2, 3: 3 } };
  const y = { name: "y", ends: [-2, 7], ticks: { 0: 0, 2: 2, 4: 4, 6: 6 } };
  const data = plot(half, half * 0.8, x, y, "네 점과 지금의 직선. 세로선은 벗어난 양이다.");
  const [numbers, way, lowest] = [html("table", {}), svg("g", {}), map.place([1, 1])];
  const star = svg("text", { x: lowest[0], y: lowest[1] + 7, "font-size": 20 }, "★");
  const handle = dot([0, 0], { class: "handle", r: 13, fill: blue, opacity: 0.3 });
  const contour = ({ x, y }) => map.line(x.map((w, i) => [w, y[i]]), { opacity: 0.35 });
  map.inside.append(...still.contours.map(contour), star, way, handle);

  const draw = () => {
    const now = points.at(-1);
    const line = (x) => [x, now[0] * x + now[1]];
    const look = { stroke: blue, "stroke-width": 2 };
    const dots = points.map((point) => dot(map.place(point), { fill: blue }));
    way.replaceChildren(map.line(points, look), ...dots, dot(map.place(now), { r: 6, fill: red }));
    ["cx", "cy"].forEach((key, i) => handle.setAttribute(key, map.place(points[0])[i]));
    const miss = (x, i) => data.line([[x, ys[i]], line(x)], { "stroke-dasharray": "3 3" });
    const given = xs.map((x, i) => dot(data.place([x, ys[i]])));
    const straight = data.line([-0.5, 3.5].map(line), look);
    data.inside.replaceChildren(...xs.map(miss), straight, ...given);
    const values = [...now, loss(now)].map((value) => short(value, 4));
    fill(numbers, [["걸음", "w", "b", "손실"], [String(points.length - 1), ...values]]);
  };
  const advance = () => {
    points.push(step(points.at(-1), rate));
    draw();
  };
  const stop = () => {
    running = clearInterval(running);
    run.textContent = "달리기";
    const [before, now] = [points.at(-2) ?? points[0], points.at(-1)].map(loss);
    const told = now > before ? "커졌습니다. 학습률이 크면 멀어집니다" : `${short(now, 3)}입니다`;
    say(`학습률 ${write(rate)}, ${points.length - 1}걸음 뒤의 손실이 ${told}.`);
  };
  const restart = (point = points[0]) => {
    points = [point];
    draw();
    stop();
    remember({ w: point[0], b: point[1], rate });
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
  const starts = [still.x, still.y].map(([min, max], i) => {
    const range = {
      min: Math.ceil(min),
      max: Math.floor(max),
      step: 0.05,
      value: points[0][i],
      write,
    };
    return slider(`출발점 ${"wb"[i]}`, range, (value) => restart(points[0].with(i, value)));
  });
  const speed = slider(
    "학습률",
    { min: 0.01, max: 0.3, step: 0.01, value: rate, write },
    (value) => {
      rate = value;
      restart();
    },
  );
  handle.onpointerdown = ({ pointerId }) => handle.setPointerCapture(pointerId);
  handle.onpointermove = (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const point = map.valueAt(event).map((value) => Math.round(value * 20) / 20);
    starts.forEach((start, i) => start.set(point[i]));
    restart(point);
  };
  const pictures = html("div", { className: "side-by-side" }, map.element, data.element);
  box.append(pictures, speed, ...starts, once, run, button("처음으로", () => restart()), numbers);
  draw();
  stop();
};
