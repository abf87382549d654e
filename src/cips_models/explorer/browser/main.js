"use strict";
/* From the address to the page, at the start and whenever the address changes. */

function showResults() {
  const chapter = { changes: changesChapter, effects: effectsChapter, about: aboutChapter }[state.view];
  document.getElementById("results").replaceChildren(...chapter());
  document.getElementById("answer").textContent = answer();
}

/* In one sentence, for those who do not see the page change. */
function answer() {
  if (state.view === "effects") return answerOfEffects();
  if (state.view === "about" || !pairsOfWaves().length) return "";
  if (state.country && state.factor) return answerOfCell();
  const cells = chosenCells();
  return cells.length ? answerOfShares(cells) : say("no_rows");
}

function show() {
  state = fromAddress();
  const root = document.documentElement;
  root.lang = state.language;
  root.dir = words().direction;
  document.title = `${say("kind")}: ${facts.about.name}`;
  document.getElementById("skip").textContent = say("skip");
  showMasthead();
  showControls();
  showResults();
}

function start() {
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("results").focus();
  });
  let before = "";
  window.addEventListener("hashchange", () => {
    const followed = document.activeElement && document.getElementById("results").contains(document.activeElement);
    show();
    const now = [state.view, state.country, state.factor].join("|");
    if (followed && now !== before) {
      document.getElementById("results").focus();
      window.scrollTo({ top: 0 });
    }
    before = now;
  });
  show();
  document.documentElement.dataset.ready = "yes";
}

unpack().then(start);
