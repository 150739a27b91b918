"""How big an installation has to be for so many open loans, from measured figures."""
