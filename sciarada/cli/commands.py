"""The built-in commands by the step of the work, and the line that the help shows for each."""

SECTIONS = {
    "Find": {
        "info": "Show beam, unit, frequency and axes of a radio image.",
        "detect": "Find and measure the sources of a radio image.",
        "simulate": "Simulate a field, or inject known sources into an image.",
        "evaluate": "Score catalogues of sources, or classes, against the truth.",
    },
    "Learn": {
        "cutouts": "Select the cutouts of a training set.",
        "pretrain": "Train an encoder on cutouts without labels.",
        "embed": "Compute the feature vectors of cutouts.",
        "probe": "Compare encoders with few labels.",
        "weights": "List trained weights; show, verify, download or export some.",
    },
    "Share": {
        "send": "Show products in a running DS9, TOPCAT or Aladin.",
        "cite": "Print what to cite for a run.",
    },
    "Tools": {
        "rerun": "Run the command of an earlier run again.",
        "demo": "Simulate a small field with known sources and detect them.",
        "plugins": "List plugins, show or check one, or write a new one.",
    },
}
BUILTIN = {name: line for commands in SECTIONS.values() for name, line in commands.items()}
