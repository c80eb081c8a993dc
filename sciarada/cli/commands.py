"""The built-in commands by the step of the work, and the line that the help shows for each."""

SECTIONS = {
    "Find": {
        "info": "Show what is understood of a radio image.",
        "detect": "Find and measure the sources of a radio image.",
        "simulate": "Make a field with known truth, or put sources into an image.",
        "evaluate": "Score catalogues of sources, or classes, against the truth.",
    },
    "Learn": {
        "cutouts": "Choose the cutouts of a training set.",
        "pretrain": "Learn a representation from cutouts without labels.",
        "embed": "Turn cutouts into the vectors of a trained encoder.",
        "probe": "Compare what features of encoders are worth with few labels.",
        "weights": "List trained weights; show, verify, fetch or export some.",
    },
    "Share": {
        "send": "Show products in a running DS9, TOPCAT or Aladin.",
        "cite": "Print what to cite for a run.",
    },
    "Tools": {
        "demo": "Make a small survey field with known truth and find its sources.",
        "plugins": "List plugins, show or check one, or write a new one.",
    },
}
BUILTIN = {name: line for commands in SECTIONS.values() for name, line in commands.items()}
