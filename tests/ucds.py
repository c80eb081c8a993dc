"""Whether UCDs are valid, also with the vocabulary of an old astropy."""

from astropy.io.votable.ucd import check_ucd

_NEW = "stat.confidenceLevel"  # of UCD1+ 1.6, which astropy 7.1 does not have
_IS_KNOWN = check_ucd(_NEW, check_controlled_vocabulary=True)


def in_known_words(text: str) -> str:
    """Return text with each UCD that is newer than this astropy replaced by an older one."""
    return text if _IS_KNOWN else text.replace(_NEW, "stat.probability")


def is_valid_ucd(ucd: str) -> bool:
    """Return whether all words of a UCD are in the controlled vocabulary, in a valid order."""
    return check_ucd(in_known_words(ucd), check_controlled_vocabulary=True, has_colon=True)
