"""What a person waits for while typing, with Kibitz and with what is picked today for local completion."""
