(import (qualified_identifier) @module .) @import
(import (qualified_identifier) @module (identifier) @as) @import
