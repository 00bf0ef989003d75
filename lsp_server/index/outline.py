"""What the index knows of one file. The types are the syntax floor's; here is where others find them."""

from lsp_server.syntax.outline import Definition as Definition
from lsp_server.syntax.outline import Import as Import
from lsp_server.syntax.outline import Outline as Outline
