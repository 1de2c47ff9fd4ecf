/**
 * The page's only script: shows the links of the system that is chosen, and draws its ways. Everything that it shows is on the page
 * already. It runs in browsers as it stands here.
 */
export const SCRIPT = `(() => {
  const section = document.querySelector(".topology");
  if (section === null) return;
  const all = (query) => [...section.querySelectorAll(query)];
  const marks = all("svg [data-system]");
  const edges = all(".edge");
  const lists = all("article");
  let chosen;
  const show = (name, other) => {
    const near = new Set([name]);
    for (const edge of edges) {
      const { client, server } = edge.dataset;
      const to = client === name && (other === undefined || server === other);
      const from = server === name && other === undefined;
      edge.classList.toggle("to", to);
      edge.classList.toggle("from", from);
      if (to) near.add(server);
      if (from) near.add(client);
    }
    for (const mark of marks) {
      mark.classList.toggle("near", near.has(mark.dataset.system));
      if (mark.dataset.system === name) mark.setAttribute("aria-current", "true");
      else mark.removeAttribute("aria-current");
    }
    for (const list of lists) list.classList.toggle("shown", list.dataset.of === name);
    section.classList.toggle("chosen", name !== undefined);
  };
  const choose = (name) => show((chosen = name));
  section.classList.add("live");
  for (const mark of marks) {
    mark.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(mark.dataset.system));
    mark.addEventListener("pointerleave", () => show(chosen));
    mark.addEventListener("focus", () => mark.matches(":focus-visible") && choose(mark.dataset.system));
  }
  for (const edge of edges) {
    edge.addEventListener("pointerenter", () => show(edge.dataset.client, edge.dataset.server));
    edge.addEventListener("pointerleave", () => show(chosen));
    edge.addEventListener("click", () => choose(edge.dataset.client));
  }
  section.addEventListener("click", (event) => {
    const link = event.target.closest("[data-system]");
    if (link === null) return;
    event.preventDefault();
    choose(link.dataset.system);
    // By keyboard: the list can be read and its links followed at once.
    if (event.detail === 0) lists.find((list) => list.dataset.of === chosen).focus();
  });
  section.querySelector(".close").addEventListener("click", () => choose(undefined));
  section.addEventListener("keydown", (event) => event.key === "Escape" && choose(undefined));
})();
`;
