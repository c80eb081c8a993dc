"""The built-in commands, and the line that ``sciarada --help`` shows for each."""

BUILTIN = {
    "cutouts": "Choose the cutouts of a training set.",
    "demo": "Make a small survey field with known truth and find its sources.",
    "detect": "Find and measure the sources of a radio image.",
    "embed": "Turn cutouts into the vectors of a trained encoder.",
    "evaluate": "Score catalogues of sources, or classes, against the truth.",
    "info": "Show what is understood of a radio image.",
    "plugins": "List plugins, show one, or check one.",
    "pretrain": "Learn a representation from cutouts without labels.",
    "probe": "Compare what features of encoders are worth with few labels.",
    "send": "Show products in a running DS9, TOPCAT or Aladin.",
    "simulate": "Make a field with known truth, or put sources into an image.",
    "weights": "List trained weights; show, verify, fetch or export some.",
}
