"""From a checkpoint to the GGUF file that ships, and the proof that llama.cpp computes the same from it."""
