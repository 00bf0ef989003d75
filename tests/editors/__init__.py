"""Real editors, driven from outside: VS Code in a browser and Neovim in a terminal."""
