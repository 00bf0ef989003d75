"""How Kibitz does on this machine: numbers only, kept here, sent nowhere."""
