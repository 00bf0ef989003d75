((command name: (command_name) @command argument: (_) @module) @import
  (#any-of? @command "source" "."))
