"""From surface brightness to what a network is shown: channels from 0 to 1."""
